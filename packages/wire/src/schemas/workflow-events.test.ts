import type { WorkflowEntry } from "@lathe/kernel";
import { is, parse, safeParse } from "valibot";
import { describe, expect, test } from "vitest";
import { isWorkflowEntry } from "../workflow-entries.ts";
import { ConversationEventSchema } from "./events.ts";
import { RunEntrySchema, RunEventSchema, WorkflowEntrySchema } from "./workflow-events.ts";

const committed = { runId: "run_1", seq: 1, atMs: 5 };
const usage = {
  ...{ inputTokens: 10, outputTokens: 2 },
  ...{ cacheReadTokens: null, cacheWriteTokens: null, reasoningTokens: null },
};
const call = { ...committed, callIndex: 0, label: "review", phase: null };
const child = { childRunId: "run_2", conversationId: "cnv_1" };
const limits = { tokens: 1_000, usd: null };

/** One of each type, by its type. */
const entries: { readonly [Type in WorkflowEntry["type"]]: Extract<WorkflowEntry, { type: Type }> } = {
  "workflow-start": {
    ...{
      ...committed,
      type: "workflow-start",
      name: "w",
      description: "d",
      dialect: "script",
      scriptHash: "0",
    },
    ...{
      phases: [{ title: "Look", detail: "at it" }],
      args: null,
      budget: limits,
      dry: false,
      resumeOf: null,
    },
  },
  "workflow-continued": { ...committed, type: "workflow-continued" },
  phase: { ...committed, type: "phase", title: "Look" },
  log: { ...committed, type: "log", source: "script", level: "info", text: "Hm." },
  "agent-start": { ...call, ...child, type: "agent-start", prompt: "Look.", agent: "default", model: null },
  "agent-finish": {
    ...{ ...call, ...child, type: "agent-finish", outcome: "null", usage, durationMs: 0.5, triesAgain: 0 },
    error: { code: "server", message: "It failed." },
  },
  "cache-hit": { ...call, type: "cache-hit", key: "0", reason: "this-run", fromRunId: "run_1" },
  "cache-miss": { ...call, type: "cache-miss", key: "0", reason: "first" },
  "approval-asked": {
    ...{ ...committed, callIndex: 1, type: "approval-asked", approvalId: "apr_1" },
    ...{ question: "Go on?", default: false, expiresAtMs: 9 },
  },
  "approval-answered": {
    ...{ ...committed, callIndex: 1, type: "approval-answered", approvalId: "apr_1", answer: true, by: null },
  },
  budget: { ...committed, type: "budget", spentTokens: 12, spentUsd: 0.01, limits, kind: "spent" },
  "workflow-finish": {
    ...{ ...committed, type: "workflow-finish", status: "failed", result: null, usage, agentCount: 1 },
    ...{
      cacheHitCount: 0,
      durationMs: 3,
      error: { code: "script-error", message: "No.", line: 3, column: 7 },
    },
  },
};

describe.each(Object.values(entries).map((entry) => [entry.type, entry] as const))("%s", (_type, entry) => {
  test("is an entry and an event of a run, and none of a conversation", () => {
    for (const schema of [WorkflowEntrySchema, RunEntrySchema, RunEventSchema])
      expect(parse(schema, entry)).toEqual(entry);
    expect(is(ConversationEventSchema, entry)).toBe(false);
    expect(isWorkflowEntry(entry)).toBe(true);
  });

  test("loses what a newer daemon says of it, and is nothing without its position", () => {
    expect(parse(RunEntrySchema, { ...entry, later: true })).toEqual(entry);
    expect(safeParse(RunEntrySchema, { ...entry, seq: undefined }).success).toBe(false);
  });
});

test("an entry of a conversation is one of a run, and none of a workflow", () => {
  const entry = { type: "turn-sealed", conversationId: "cnv_1", turnId: "trn_1", seq: 4, atMs: 5 } as const;
  expect(parse(RunEntrySchema, entry)).toEqual(entry);
  expect([is(WorkflowEntrySchema, entry), isWorkflowEntry(entry)]).toEqual([false, false]);
});
