// Redacts a JSON value without recursion: a value may be nested deeper than the stack is.
import type { JsonValue } from "@lathe/kernel";
import { isMarker, type Kind, markerOf } from "./markers.ts";
import type { MemberNames } from "./member-names.ts";

/** What redacts the strings of a value, and judges the names of its members. */
export interface JsonDesk {
  readonly text: (text: string) => string;
  readonly names: MemberNames;
}

type Container = readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** One array or object on the way down. */
interface Level {
  readonly source: Container;
  /** Absent for an array. */
  readonly names: readonly string[] | undefined;
  /** What the elements of an array are, if its own name says that they are secret. */
  readonly secret: Kind | undefined;
  /** The source itself until something in it is replaced. */
  copy: JsonValue[] | Record<string, JsonValue> | undefined;
  next: number;
}

/** The value with every string redacted, and secret members replaced; the same value where nothing changes. */
export function redactJson(value: JsonValue, desk: JsonDesk): JsonValue {
  if (!isContainer(value)) return leaf(value, undefined, desk);
  const levels = [levelOf(value, undefined)];
  let result: JsonValue = value;
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const child = nextChild(level, desk);
    if (child !== undefined) {
      levels.push(child);
      continue;
    }
    levels.pop();
    result = level.copy ?? level.source;
    const parent = levels.at(-1);
    if (parent !== undefined) settle(parent, result, desk);
  }
  return result;
}

/** Walks over the leaves up to the next array or object. */
function nextChild(level: Level, desk: JsonDesk): Level | undefined {
  const count = level.names?.length ?? (level.source as readonly JsonValue[]).length;
  while (level.next < count) {
    const item = itemOf(level);
    const secret = secretOf(level, desk);
    if (isContainer(item)) return levelOf(item, Array.isArray(item) ? secret : undefined);
    settle(level, leaf(item, secret, desk), desk);
  }
  return undefined;
}

function itemOf({ source, names, next }: Level): JsonValue {
  const items = source as { readonly [name: string]: JsonValue };
  return items[names === undefined ? next : (names[next] as string)] as JsonValue;
}

function secretOf({ names, next, secret }: Level, desk: JsonDesk): Kind | undefined {
  return names === undefined ? secret : desk.names.of(names[next] as string).secret;
}

/** Puts what became of the item at its place, and goes on to the next. */
function settle(level: Level, item: JsonValue, desk: JsonDesk): void {
  const name = level.names?.[level.next];
  const shownName = name === undefined ? undefined : desk.names.of(name).shown;
  if (level.copy === undefined && (shownName !== name || item !== itemOf(level)))
    level.copy = begun(level, desk);
  if (level.copy !== undefined) {
    if (shownName === undefined) (level.copy as JsonValue[]).push(item);
    else put(level.copy as Record<string, JsonValue>, shownName, item);
  }
  level.next += 1;
}

/** A copy of what was walked over so far, none of which had changed. */
function begun({ source, names, next }: Level, desk: JsonDesk): NonNullable<Level["copy"]> {
  if (names === undefined) return (source as readonly JsonValue[]).slice(0, next);
  const copy: Record<string, JsonValue> = {};
  for (const name of names.slice(0, next))
    put(copy, desk.names.of(name).shown, (source as typeof copy)[name] as JsonValue);
  return copy;
}

function put(copy: Record<string, JsonValue>, name: string, value: JsonValue): void {
  // An own member called __proto__ stays a member.
  if (name === "__proto__")
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  else copy[name] = value;
}

function leaf(value: JsonValue, secret: Kind | undefined, { text }: JsonDesk): JsonValue {
  if (typeof value === "number") return secret === "password" ? markerOf(secret) : value;
  if (typeof value !== "string") return value;
  if (secret === undefined || value === "") return text(value);
  return isMarker(value) ? value : markerOf(secret);
}

function levelOf(source: Container, secret: Kind | undefined): Level {
  const names = Array.isArray(source) ? undefined : Object.keys(source);
  return { source, names, secret, copy: undefined, next: 0 };
}

function isContainer(value: JsonValue): value is Container {
  return typeof value === "object" && value !== null;
}
