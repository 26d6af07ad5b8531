import { type AnyOperation, implementOperation, ProblemError } from "@lathe/wire";
import { workflowsApprove } from "@lathe/wire/operations";
import { openedRun } from "./opened-run.ts";
import type { RunOperationsDesk } from "./operations-desk.ts";

export function answerApproval(desk: RunOperationsDesk): AnyOperation {
  return implementOperation(workflowsApprove, {
    run: async ({ id, approvalId, answer }, { principal }) => {
      const run = await openedRun(principal, id, desk);
      const outcome = await desk.approvals.answer(run, approvalId, answer, principal.id);
      if (outcome === "answered") return null;
      throw problems[outcome];
    },
  });
}

const unknownApproval = new ProblemError(
  404,
  "unknown-approval",
  "The run asks no such question. See what it waits for with GET /api/runs/ID/workflow.",
);

const notRecorded = new ProblemError(
  503,
  "answer-not-recorded",
  "The answer could not be stored, and the run asks again when it goes on. Answer it then.",
);

const alreadyAnswered = new ProblemError(
  409,
  "approval-answered",
  "The question has its answer, or its time is over: the first answer counts.",
);

const problems = {
  unknown: unknownApproval,
  "already-answered": alreadyAnswered,
  "not-recorded": notRecorded,
} as const;
