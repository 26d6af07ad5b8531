import { type AnyOperation, implementOperation } from "@lathe/wire";
import { workflowsGet } from "@lathe/wire/operations";
import { noFolder, unknownWorkflow } from "./library-problems.ts";
import type { LibraryOperationsDesk } from "./operations-desk.ts";
import { documentOf } from "./shown-workflow.ts";

export function getWorkflow({ library, redactor }: LibraryOperationsDesk): AnyOperation {
  return implementOperation(workflowsGet, {
    run: async ({ name, cwd }) => {
      const found = await library.find(name, cwd);
      if (found.kind === "no-folder") throw noFolder(found.message);
      if (found.kind === "unknown") throw unknownWorkflow(found.message);
      return redactor.value(documentOf(found.item));
    },
  });
}
