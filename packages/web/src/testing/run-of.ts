// Runs and entries of workflows for tests.
import type { Run, WorkflowEntry, WorkflowEvent } from "@lathe/kernel";

/** A run of a workflow that has begun at 1,000 and goes on; what is given replaces it. */
export function runOf(id: string, given: Partial<Run> = {}): Run {
  return {
    id,
    kind: "workflow",
    owner: "local",
    title: null,
    parentId: null,
    status: "running",
    agent: null,
    conversationId: null,
    turnId: null,
    firstSeq: 1,
    lastSeq: null,
    createdAtMs: 1_000,
    startedAtMs: 1_000,
    endedAtMs: null,
    usage: null,
    budget: null,
    result: null,
    error: null,
    schemaWarnings: [],
    ...given,
  };
}

type Told = WorkflowEvent extends infer Event
  ? Event extends WorkflowEvent
    ? Omit<Event, "runId">
    : never
  : never;

/** The events as the entries of one log, from its first position on. */
export function entriesOf(events: readonly Told[]): readonly WorkflowEntry[] {
  return events.map(
    (event, at) => ({ ...event, runId: "run_1", seq: at + 1, atMs: 1_000 + at }) as WorkflowEntry,
  );
}

export const begun: Told = {
  type: "workflow-start",
  name: "survey",
  description: "Asks around.",
  dialect: "script",
  scriptHash: "00",
  phases: [{ title: "Ask" }],
  budget: { tokens: null, usd: null },
  dry: false,
  resumeOf: null,
};

export const ended: Told = {
  type: "workflow-finish",
  status: "succeeded",
  result: "done",
  error: null,
  usage: {
    inputTokens: 1,
    outputTokens: 1,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
  },
  agentCount: 0,
  cacheHitCount: 0,
  durationMs: 5,
};

export function saidLine(text: string): Told {
  return { type: "log", source: "script", level: "info", text };
}

export function asked(approvalId: string): Told {
  return { type: "approval-asked", callIndex: 0, approvalId, question: "Go on?", expiresAtMs: 9_000 };
}
