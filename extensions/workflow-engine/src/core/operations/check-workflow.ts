// Whether a workflow can be run. It is parsed for that, and nothing of it runs.
import type { JsonObject } from "@lathe/kernel";
import {
  type AnyOperation,
  implementOperation,
  type WorkflowCheck,
  type WorkflowProblem,
  type WorkflowWarning,
} from "@lathe/wire";
import { type WorkflowCheckInput, workflowsCheck } from "@lathe/wire/operations";
import type { CompiledScript } from "@lathe/workflow-sandbox";
import { unusableInputSchema } from "../run/check-arguments.ts";
import { noFolder, unknownWorkflow } from "./library-problems.ts";
import type { LibraryOperationsDesk } from "./operations-desk.ts";

export function checkWorkflow(desk: LibraryOperationsDesk): AnyOperation {
  return implementOperation(workflowsCheck, {
    run: async ({ script, name = "workflow.js", ...input }) => {
      const check =
        script === undefined ? await checkNamed(input, desk) : await checkText(script, name, desk);
      // What is wrong is shown with the line that it is in.
      return desk.redactor.value(check);
    },
  });
}

async function checkText(
  script: string,
  name: string,
  { compiler }: LibraryOperationsDesk,
): Promise<WorkflowCheck> {
  const compiled = await compiler.compile(script, name);
  return compiled.kind === "script" ? valid(compiled.script) : invalid(compiled.error);
}

async function checkNamed(
  { workflow = "", cwd }: WorkflowCheckInput,
  { library }: LibraryOperationsDesk,
): Promise<WorkflowCheck> {
  const found = await library.find(workflow, cwd);
  if (found.kind === "no-folder") throw noFolder(found.message);
  if (found.kind === "unknown") throw unknownWorkflow(found.message);
  if (found.kind === "broken") return invalid(found.problem);
  const { meta } = found.script;
  return { ...valid(found.script), warnings: [...found.item.warnings, ...schemaWarnings(meta.all)] };
}

function valid({ warnings, meta, dialect }: CompiledScript): WorkflowCheck {
  const said = [...warnings, ...schemaWarnings(meta.all)];
  return { valid: true, error: null, warnings: said, meta: meta.all, dialect };
}

function schemaWarnings(meta: JsonObject): readonly WorkflowWarning[] {
  const message = unusableInputSchema(meta);
  return message === undefined ? [] : [{ message, line: null, column: null }];
}

function invalid(error: WorkflowProblem): WorkflowCheck {
  return { valid: false, error, warnings: [], meta: null, dialect: null };
}
