// Which script a name, or a nested call, stands for.
import { type JsonValue, RunInputError } from "@lathe/kernel";
import type { ScriptCompiler } from "@lathe/workflow-sandbox";
import { CallFailure } from "../calls/call-failure.ts";
import type { WorkflowLibrary } from "../discovery/workflow-library.ts";
import type { RunRedactor } from "../run-redactor.ts";
import { type RunnableScript, withoutSecrets } from "./runnable-script.ts";

export interface FindDesk {
  readonly library: WorkflowLibrary;
  readonly compiler: ScriptCompiler;
  readonly redactor: RunRedactor;
}

/** Throws RunInputError. */
export async function findByName(name: string, cwd: string, desk: FindDesk): Promise<RunnableScript> {
  const found = await desk.library.find(name, cwd);
  switch (found.kind) {
    case "found":
      return withoutSecrets(found, "workflow", desk);
    case "broken":
      throw new RunInputError(422, found.problem.code, "workflow", desk.redactor.text(found.problem.message));
    case "unknown":
      throw new RunInputError(404, "unknown-workflow", "workflow", found.message);
    case "no-folder":
      throw new RunInputError(422, "no-folder", "cwd", found.message);
  }
}

/** The script of a call of `workflow()`: a name, `{ name }` or `{ script }`. Throws CallFailure. */
export async function findByReference(
  reference: JsonValue,
  cwd: string,
  desk: FindDesk,
): Promise<RunnableScript> {
  const read = readReference(reference);
  if (read === undefined) throw notAReference();
  if ("script" in read) return compile(read.script, desk.compiler);
  try {
    return await findByName(read.name, cwd, desk);
  } catch (failure) {
    if (failure instanceof RunInputError) throw failed(failure.code, failure.message);
    throw failure;
  }
}

async function compile(source: string, compiler: ScriptCompiler): Promise<RunnableScript> {
  const compiled = await compiler.compile(source, "script");
  if (compiled.kind === "script") return { source, script: compiled.script };
  throw failed(compiled.error.code, compiled.error.message);
}

function readReference(
  reference: JsonValue,
): { readonly name: string } | { readonly script: string } | undefined {
  if (typeof reference === "string") return { name: reference };
  if (typeof reference !== "object" || reference === null || Array.isArray(reference)) return undefined;
  const { name, script } = reference as { readonly name?: JsonValue; readonly script?: JsonValue };
  if (typeof name === "string") return { name };
  return typeof script === "string" ? { script } : undefined;
}

function notAReference(): CallFailure {
  return new CallFailure(
    "invalid-reference",
    "TypeError",
    "workflow() expects the name of a workflow, { name } or { script }.",
  );
}

function failed(code: string, message: string): CallFailure {
  return new CallFailure(code, "WorkflowError", message);
}
