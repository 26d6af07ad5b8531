// The names that a script uses without declaring them.
//
// In a guest every name exists: one that nothing declares reads as undefined, without an error. So reads of such names
// become calls that throw what JavaScript would throw.
import type { Node, Program } from "acorn";
import { analyze } from "eslint-scope";
import type { SyntaxFacts } from "./syntax-gate.ts";

/** The names that scripts may use: what the language has, without code from text, and what Lathe adds. */
export const scriptGlobals: ReadonlySet<string> = new Set(
  `Infinity NaN undefined globalThis isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
  encodeURIComponent Array BigInt Boolean Date Error EvalError RangeError ReferenceError SyntaxError TypeError URIError
  AggregateError Function Iterator JSON Map Math Number Object Promise Proxy Reflect RegExp Set String Symbol WeakMap
  WeakSet console setTimeout clearTimeout URL structuredClone
  agent parallel pipeline phase log args budget workflow approve`.split(/\s+/),
);

/** What scripts that were written for other surroundings look for. */
const absentNames: ReadonlySet<string> = new Set(
  `process require module exports __dirname __filename Buffer global window self document navigator fetch Request
  Response Headers FormData WebSocket EventSource XMLHttpRequest crypto performance setInterval clearInterval
  setImmediate clearImmediate queueMicrotask eval arguments AbortController AbortSignal Event EventTarget Blob File
  URLSearchParams TextEncoder TextDecoder ReadableStream WebAssembly Intl Temporal WeakRef FinalizationRegistry
  SharedArrayBuffer Atomics ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array
  Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array escape unescape atob btoa
  Deno Bun localStorage sessionStorage alert prompt confirm`.split(/\s+/),
);

const warningCountMax = 50;

export interface NameRead {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** How it is written; `refused`: it exists, and says itself that it must not be used. */
  readonly form: "plain" | "shorthand" | "new" | "refused";
}

/** Every read of a name that is neither declared nor given, `typeof name` aside; in the order of the source. */
export function findFreeReads(program: Program, facts: SyntaxFacts): NameRead[] {
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2026,
    sourceType: "module",
    // Code from text does not exist here, so a call of eval changes no scope.
    ignoreEval: true,
  });
  const reads: NameRead[] = [];
  for (const reference of scopes.globalScope?.through ?? []) {
    const node = reference.identifier as unknown as Node & { readonly name: string };
    // A guest throws by itself where an undeclared name is written to.
    if (reference.isWrite() || scriptGlobals.has(node.name) || facts.typeofOperands.has(node)) continue;
    reads.push({ name: node.name, start: node.start, end: node.end, form: formOf(node, facts) });
  }
  return reads.sort((a, b) => a.start - b.start);
}

function formOf(node: Node & { readonly name: string }, facts: SyntaxFacts): NameRead["form"] {
  if (node.name === "eval") return "refused";
  if (facts.shorthandValues.has(node)) return "shorthand";
  return facts.newBeginnings.has(node) ? "new" : "plain";
}

/** One warning per name, at its first read. */
export function warningsOf(
  reads: readonly NameRead[],
): { readonly message: string; readonly offset: number }[] {
  const first = new Map<string, number>();
  for (const { name, start } of reads) if (!first.has(name)) first.set(name, start);
  return [...first].slice(0, warningCountMax).map(([name, offset]) => {
    const problem = absentNames.has(name) ? "is not available in workflow scripts" : "is not defined";
    return { message: `${name.slice(0, 80)} ${problem}`, offset };
  });
}
