// What the outside can ask of workflows and of their runs.
import type { AnyOperation } from "@lathe/wire";
import { answerApproval } from "./answer-approval.ts";
import { checkWorkflow } from "./check-workflow.ts";
import { clearCache } from "./clear-cache.ts";
import { getWorkflow } from "./get-workflow.ts";
import { listWorkflows, reloadWorkflows } from "./list-workflows.ts";
import type { LibraryOperationsDesk, RunOperationsDesk } from "./operations-desk.ts";
import { showCache, showStatus } from "./show-run.ts";

export function workflowOperations(desk: LibraryOperationsDesk & RunOperationsDesk): readonly AnyOperation[] {
  return [
    listWorkflows(desk),
    reloadWorkflows(desk),
    getWorkflow(desk),
    checkWorkflow(desk),
    showStatus(desk),
    showCache(desk),
    clearCache(desk),
    answerApproval(desk),
  ];
}
