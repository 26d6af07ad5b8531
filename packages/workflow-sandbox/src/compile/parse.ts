// The parser, and what becomes of its errors.
import { type Comment, type Options, type Program, parse } from "acorn";
import { positionAt, showPlace } from "./positions.ts";
import { Refusal } from "./refusal.ts";
import { isTypeScriptAt } from "./typescript-hint.ts";

export interface ParsedScript {
  readonly program: Program;
  readonly comments: readonly Comment[];
}

const dynamicImportRefused = "import() is not available in workflow scripts";

/**
 * Parses a script as a whole program, so that no text can close the function that it is put into later.
 *
 * Throws a Refusal where it cannot be parsed.
 */
export function parseScript(source: string, options: { readonly mayReturn: boolean }): ParsedScript {
  const comments: Comment[] = [];
  const parserOptions: Options = {
    ecmaVersion: "latest",
    sourceType: "module",
    allowAwaitOutsideFunction: true,
    allowReturnOutsideFunction: options.mayReturn,
    onComment: comments,
    // The analysis of scopes tells parameters from bodies by them.
    ranges: true,
  };
  try {
    return { program: parse(source, parserOptions), comments };
  } catch (error) {
    throw refusalOf(error, source);
  }
}

/** How every syntax error reads: message, place, line and caret, and a hint where it looks like another language. */
export function parseError(source: string, message: string, offset: number): Refusal {
  const { line, column } = positionAt(source, offset);
  const hint = isTypeScriptAt(source, offset)
    ? "\nWorkflow scripts are plain JavaScript: take the TypeScript syntax out (types, interfaces, enums, as)."
    : "";
  const text = `Script parse error: ${message} (${line}:${column})\n${showPlace(source, offset)}${hint}`;
  return new Refusal("script-parse-error", text, offset);
}

function refusalOf(error: unknown, source: string): unknown {
  if (!(error instanceof SyntaxError && "pos" in error && typeof error.pos === "number")) return error;
  const message = error.message.replace(/ \(\d+:\d+\)$/, "");
  if (message.startsWith("Not enough stack space")) {
    return new Refusal("script-too-complex", "The script is nested too deeply: split it up", error.pos);
  }
  // The parser does not know the forms with a phase, and would speak of something else.
  if (message.includes("meta property for import") && /^(source|defer)\b/.test(source.slice(error.pos))) {
    return new Refusal("script-refused", dynamicImportRefused, source.lastIndexOf("import", error.pos));
  }
  return parseError(source, message, error.pos);
}
