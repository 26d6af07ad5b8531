import type { WorkflowProblem, WorkflowSource, WorkflowWarning } from "@lathe/wire";
import type { CompiledScript } from "@lathe/workflow-sandbox";
import type { ReadScript } from "./script-reader.ts";

/** A workflow at one place, before it is known what stands at others. */
export interface FoundScript {
  readonly name: string;
  readonly source: WorkflowSource;
  /** Null where it could not be read as text. */
  readonly text: string | null;
  /** Null where it is broken. */
  readonly script: CompiledScript | null;
  readonly problem: WorkflowProblem | null;
  readonly warnings: readonly WorkflowWarning[];
}

/** A workflow among the others. */
export interface LibraryItem extends FoundScript {
  /** Farther places that have a workflow of this name, nearest first. */
  readonly shadows: readonly WorkflowSource[];
}

/** The stem is the file's name without its ending, or the name of a contribution. */
export function foundScript(read: ReadScript, source: WorkflowSource, stem: string): FoundScript {
  if (read.kind === "broken") {
    const { text, problem } = read;
    return { name: stem, source, text, script: null, problem, warnings: [] };
  }
  const { script, text } = read;
  const { name } = script.meta;
  const warnings = name === stem ? script.warnings : [...script.warnings, otherName(name, stem)];
  return { name, source, text, script, problem: null, warnings };
}

function otherName(name: string, stem: string): WorkflowWarning {
  const message = `Its metadata calls it "${name}", and its file "${stem}": it is run as "${name}".`;
  return { message, line: null, column: null };
}
