import { type AnyOperation, implementOperation, type WorkflowList } from "@lathe/wire";
import { workflowsList, workflowsReload } from "@lathe/wire/operations";
import type { WorkflowLibrary } from "../discovery/workflow-library.ts";
import { noFolder } from "./library-problems.ts";
import type { LibraryOperationsDesk } from "./operations-desk.ts";
import { summaryOf } from "./shown-workflow.ts";

export function listWorkflows({ library }: LibraryOperationsDesk): AnyOperation {
  return implementOperation(workflowsList, { run: ({ cwd }) => listOf(library, cwd) });
}

export function reloadWorkflows({ library }: LibraryOperationsDesk): AnyOperation {
  return implementOperation(workflowsReload, {
    run: ({ cwd }) => {
      library.reload();
      return listOf(library, cwd);
    },
  });
}

async function listOf(library: WorkflowLibrary, cwd: string | undefined): Promise<WorkflowList> {
  const listing = await library.list(cwd);
  if (listing.kind === "no-folder") throw noFolder(listing.message);
  return { items: listing.items.map(summaryOf), warnings: listing.warnings };
}
