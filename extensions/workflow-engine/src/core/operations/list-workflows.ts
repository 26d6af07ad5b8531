import { type AnyOperation, implementOperation, type WorkflowList } from "@lathe/wire";
import { workflowsList, workflowsReload } from "@lathe/wire/operations";
import { noFolder } from "./library-problems.ts";
import type { LibraryOperationsDesk } from "./operations-desk.ts";
import { summaryOf } from "./shown-workflow.ts";

export function listWorkflows(desk: LibraryOperationsDesk): AnyOperation {
  return implementOperation(workflowsList, { run: ({ cwd }) => listOf(desk, cwd) });
}

export function reloadWorkflows(desk: LibraryOperationsDesk): AnyOperation {
  return implementOperation(workflowsReload, {
    run: ({ cwd }) => {
      desk.library.reload();
      return listOf(desk, cwd);
    },
  });
}

async function listOf(
  { library, redactor }: LibraryOperationsDesk,
  cwd: string | undefined,
): Promise<WorkflowList> {
  const listing = await library.list(cwd);
  if (listing.kind === "no-folder") throw noFolder(listing.message);
  return redactor.value({ items: listing.items.map(summaryOf), warnings: listing.warnings });
}
