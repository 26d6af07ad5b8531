// From the text of a script to what a guest evaluates. Nothing of the script runs.
import { Script } from "node:vm";
import type { WorkflowDialect } from "@lathe/kernel";
import type { Comment } from "acorn";
import type { ScriptError, ScriptWarning, WorkflowMeta } from "../contract.ts";
import { codePrefixLength } from "./code-shape.ts";
import { escapeDangerousText } from "./dangerous-text.ts";
import { readExports } from "./dialect.ts";
import { findFreeReads, warningsOf } from "./free-names.ts";
import { readMeta } from "./meta.ts";
import { parseError, parseScript } from "./parse.ts";
import { offsetOf, positionAt } from "./positions.ts";
import { Refusal } from "./refusal.ts";
import { checkSyntax } from "./syntax-gate.ts";
import { wrapScript } from "./wrapper.ts";

export type SourceReading =
  | { readonly kind: "script"; readonly script: ReadScript }
  | { readonly kind: "refused"; readonly error: ScriptError };

export interface ReadScript {
  readonly dialect: WorkflowDialect;
  readonly meta: WorkflowMeta;
  readonly code: string;
  readonly warnings: readonly ScriptWarning[];
}

/** May take long, and may end the process, for sources that were made for that. Throws nothing. */
export function compileSource(source: string): SourceReading {
  try {
    return { kind: "script", script: readScript(source) };
  } catch (error) {
    return { kind: "refused", error: asRefusal(error).in(source) };
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // The stack is what recursion over a deep tree runs out of.
  if (error instanceof RangeError) {
    return new Refusal("script-too-complex", "The script is nested too deeply: split it up", null);
  }
  return new Refusal(
    "compiler-failed",
    `The script cannot be compiled, the compiler has a fault: ${error}`,
    null,
  );
}

function readScript(source: string): ReadScript {
  const { program, comments } = parseScript(source, { mayReturn: true });
  const facts = checkSyntax(program);
  const exported = readExports(program);
  // A workflow object is announced at the end of its file, which a `return` would keep from being reached.
  if (exported.dialect === "object") parseScript(source, { mayReturn: false });
  const { meta, warnings } = readMeta(exported);
  const freeReads = findFreeReads(program, facts);
  const text = blankComments(source, comments);
  const escapes = escapeDangerousText(text, facts.literals);
  const code = wrapScript({ text, exported, freeReads, escapes, names: facts.names });
  checkForEngine(code, source);
  const places = [...warnings, ...warningsOf(freeReads)];
  return {
    dialect: exported.dialect,
    meta,
    code,
    warnings: places.map(({ message, offset }) => ({ message, ...positionAt(source, offset) })),
  };
}

/** Comments may say things to the engine and to the evaluator. Their line breaks stay. */
function blankComments(source: string, comments: readonly Comment[]): string {
  let text = "";
  let end = 0;
  for (const comment of comments) {
    const blank = source.slice(comment.start, comment.end).replace(/[^\n\r\u2028\u2029]/g, " ");
    text += source.slice(end, comment.start) + blank;
    end = comment.end;
  }
  return text + source.slice(end);
}

/** The engine has the last word about what is JavaScript. It parses; nothing is run. */
function checkForEngine(code: string, source: string): void {
  try {
    new Script(code, { filename: "script" });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [place = "", , carets = ""] = (error.stack ?? "").split("\n");
    const line = Number(/:(\d+)$/.exec(place)?.[1] ?? 1);
    const column = carets.indexOf("^") + 1 - (line === 1 ? codePrefixLength : 0);
    throw parseError(source, error.message, offsetOf(source, { line, column: Math.max(column, 1) }));
  }
}
