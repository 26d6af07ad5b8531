// Whether the process that started a script is what it was, and whether all that reached it is plain data.
import type { ScriptTrace } from "../testing.ts";

const owners: readonly object[] = [
  ...[
    Object,
    Function,
    Array,
    String,
    Number,
    Boolean,
    Symbol,
    Promise,
    Map,
    Set,
    WeakMap,
    RegExp,
    Date,
    Error,
    Buffer,
  ],
  ...[TypeError, RangeError, BigInt, Proxy, Uint8Array, ArrayBuffer].flat(),
].flatMap((one) => ("prototype" in one && one.prototype ? [one, one.prototype as object] : [one]));
const namespaces: readonly object[] = [JSON, Math, Reflect, globalThis, process, console];

/** Takes a picture of the built-ins, and returns the check that finds what has changed since. */
export function watchBuiltIns(): () => readonly string[] {
  const before = picture();
  return () => {
    const now = picture();
    const keys = new Set([...before.keys(), ...now.keys()]);
    return [...keys].filter((key) => before.get(key) !== now.get(key)).map((key) => `${key} was changed`);
  };
}

function picture(): Map<string, unknown> {
  const seen = new Map<string, unknown>();
  for (const [at, owner] of [...owners, ...namespaces].entries()) {
    for (const key of Reflect.ownKeys(owner)) {
      const { value, get } = Reflect.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor;
      const isCode = typeof value === "function" || get !== undefined;
      // Node defines some of its globals when they are first looked at.
      if (owner !== globalThis) seen.set(`${at} ${String(key)}`, isCode ? (value ?? get) : typeof value);
    }
    seen.set(`${at} prototype`, Reflect.getPrototypeOf(owner));
  }
  return seen;
}

/** What a host was handed that is no plain data, or that no script may hand over. */
export function findOddities(trace: ScriptTrace, secret: string): readonly string[] {
  const found: string[] = [];
  const { calls, phases, logs, ending } = trace;
  for (const [at, call] of calls.entries())
    if (call.index !== at) found.push(`call ${at} has the number ${call.index}`);
  for (const value of [calls, phases, logs, ending]) {
    const oddity = oddityIn(value, secret);
    if (oddity !== null) found.push(oddity);
  }
  return found;
}

/** Null for objects, lists, texts, finite numbers, booleans and null, with nothing inherited that is not everybody's. */
function oddityIn(value: unknown, secret: string): string | null {
  if (value === undefined || value === null || typeof value === "boolean") return null;
  if (typeof value === "number") return Number.isFinite(value) ? null : `${value} is no number of JSON`;
  if (typeof value === "string")
    return value.includes(secret) ? "the environment of the host is known" : null;
  if (typeof value !== "object") return `a ${typeof value} is no plain data`;
  const prototype = Reflect.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === Array.prototype;
  if (!isPlain || Object.hasOwn(value, "__proto__")) return "an object has a prototype of its own";
  for (const [key, part] of Object.entries(value)) {
    const oddity = oddityIn(key, secret) ?? oddityIn(part, secret);
    if (oddity !== null) return oddity;
  }
  return null;
}
