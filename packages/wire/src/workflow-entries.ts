import type { RunEvent, WorkflowEntry } from "@lathe/kernel";

const workflowTypes: Readonly<Record<WorkflowEntry["type"], true>> = {
  "workflow-start": true,
  "workflow-continued": true,
  phase: true,
  log: true,
  "agent-start": true,
  "agent-finish": true,
  "cache-hit": true,
  "cache-miss": true,
  "approval-asked": true,
  "approval-answered": true,
  budget: true,
  "workflow-finish": true,
};

/** Whether it is of a workflow's own log, and not of a conversation. False for what only a newer daemon knows. */
export function isWorkflowEntry(event: RunEvent): event is WorkflowEntry {
  return Object.hasOwn(workflowTypes, event.type);
}
