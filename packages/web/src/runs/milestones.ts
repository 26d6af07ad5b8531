// What somebody who does not look is told of a run: that it asks, and that it has ended. Never each agent.
import type { WorkflowFinish } from "@lathe/kernel";
import type { WorkflowApproval, WorkflowView } from "@lathe/wire";

export type Milestone =
  | { readonly kind: "asked"; readonly approval: WorkflowApproval }
  | { readonly kind: "ended"; readonly status: WorkflowFinish["status"] };

export function milestonesBetween(before: WorkflowView, after: WorkflowView): readonly Milestone[] {
  const known = new Set(before.approvals.map(({ approvalId }) => approvalId));
  const asked = after.approvals
    .filter(({ approvalId }) => !known.has(approvalId))
    .map((approval) => ({ kind: "asked", approval }) as const);
  if (before.finish !== null || after.finish === null) return asked;
  return [...asked, { kind: "ended", status: after.finish.status }];
}

const endings: Readonly<Record<WorkflowFinish["status"], string>> = {
  succeeded: "has succeeded",
  failed: "has failed",
  stopped: "has stopped",
};

/** As it is said. `name`: the workflow's. */
export function milestoneText(milestone: Milestone, name: string): string {
  if (milestone.kind === "asked") return `The run of ${name} waits for your answer.`;
  return `The run of ${name} ${endings[milestone.status]}.`;
}
