// Runs of workflows, looked at by those whose they are.
import type { Run } from "@lathe/kernel";
import {
  foldWorkflow,
  type Principal,
  ProblemError,
  refuseOthers,
  startWorkflowView,
  type WorkflowView,
} from "@lathe/wire";
import type { RunOperationsDesk } from "./operations-desk.ts";

const pageSize = 1_000;

/** The run, where it is the principal's to see and one of a workflow. */
export async function openedRun(principal: Principal, id: string, { runs }: RunOperationsDesk): Promise<Run> {
  const run = await runs.get(id);
  if (run === undefined) throw unknown;
  refuseOthers(principal, run.owner, unknown);
  if (run.kind !== "workflow") throw otherKind(run.kind);
  return run;
}

/** What the run's log comes to so far. */
export async function viewOf({ id }: Run, { log }: RunOperationsDesk): Promise<WorkflowView> {
  let view = startWorkflowView();
  for (;;) {
    const page = await log.entries(id, { afterSeq: view.lastSeq, limit: pageSize });
    const { lastSeq } = view;
    view = foldWorkflow(page, view);
    if (page.length < pageSize || view.lastSeq === lastSeq) return view;
  }
}

const unknown = new ProblemError(
  404,
  "unknown-run",
  "There is no such run. List those that there are with GET /api/runs.",
);

function otherKind(kind: string): ProblemError {
  const message = `This is a run of the kind "${kind}", not one of a workflow. Look at it with GET /api/runs/ID.`;
  return new ProblemError(409, "not-a-workflow-run", message);
}
