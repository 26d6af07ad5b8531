import type { AgentFinish, CacheHit, CacheMissReason, WorkflowEntry, WorkflowEvent } from "@lathe/kernel";
import fc from "fast-check";
import { is } from "valibot";
import { expect, test } from "vitest";
import { WorkflowStatusSchema } from "../schemas/workflows.ts";
import { applyWorkflowEntry, foldWorkflow } from "./fold-workflow.ts";
import { startWorkflowView, type WorkflowView, workflowStatus } from "./workflow-view.ts";

const runId = "run_1";
const callIndex = fc.nat({ max: 6 });
const phase = fc.constantFrom(null, "Plan", "Build", "Review");
const label = fc.constantFrom("one", "two");
const call = { runId: fc.constant(runId), callIndex, label, phase };
const child = { childRunId: fc.constantFrom(null, "run_2"), conversationId: fc.constantFrom(null, "cnv_2") };
const usage = fc.constant({
  inputTokens: 3,
  outputTokens: 1,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
});
const limits = fc.record({ tokens: fc.option(fc.nat()), usd: fc.option(fc.nat()) });
const outcomes: readonly AgentFinish["outcome"][] = ["ok", "partial", "null", "error", "stopped"];
const hits: readonly CacheHit["reason"][] = ["this-run", "resumed-run", "other-run"];
const misses: readonly CacheMissReason[] = ["first", "prompt-changed", "not-finished"];

function typed<Type extends WorkflowEvent["type"]>(type: Type): fc.Arbitrary<Type> {
  return fc.constant(type);
}

const event: fc.Arbitrary<WorkflowEvent> = fc.oneof(
  fc.record({
    type: typed("workflow-start"),
    runId: fc.constant(runId),
    name: fc.constant("deploy"),
    description: fc.constant("Deploys."),
    dialect: fc.constantFrom("script", "object"),
    scriptHash: fc.constant("abc"),
    phases: fc.subarray([{ title: "Plan", detail: "Thinks." }, { title: "Build" }]),
    budget: limits,
    dry: fc.boolean(),
    resumeOf: fc.constantFrom(null, "run_0"),
  }),
  fc.record({ type: typed("workflow-continued"), runId: fc.constant(runId) }),
  fc.record({ type: typed("phase"), runId: fc.constant(runId), title: fc.constantFrom("Plan", "Ship") }),
  fc.record({
    type: typed("log"),
    runId: fc.constant(runId),
    source: fc.constantFrom("script", "engine"),
    level: fc.constantFrom("info", "warn", "error"),
    text: fc.string(),
  }),
  fc.record({
    ...call,
    ...child,
    type: typed("agent-start"),
    prompt: fc.string(),
    agent: fc.constant("default"),
    model: fc.constantFrom(null, "p/m"),
  }),
  fc.record({
    ...call,
    ...child,
    type: typed("agent-finish"),
    outcome: fc.constantFrom(...outcomes),
    usage: fc.option(usage),
    durationMs: fc.nat(),
    triesAgain: fc.nat({ max: 5 }),
  }),
  fc.record({
    ...call,
    type: typed("cache-hit"),
    key: fc.constant("k"),
    reason: fc.constantFrom(...hits),
    fromRunId: fc.constant("run_0"),
  }),
  fc.record({
    ...call,
    type: typed("cache-miss"),
    key: fc.constant("k"),
    reason: fc.constantFrom(...misses),
  }),
  fc.record({
    type: typed("approval-asked"),
    runId: fc.constant(runId),
    callIndex,
    approvalId: fc.constantFrom("apr_1", "apr_2"),
    question: fc.string(),
    expiresAtMs: fc.nat(),
  }),
  fc.record({
    type: typed("approval-answered"),
    runId: fc.constant(runId),
    callIndex,
    approvalId: fc.constantFrom("apr_1", "apr_2"),
    answer: fc.jsonValue() as fc.Arbitrary<null>,
    by: fc.constantFrom(null, "local"),
  }),
  fc.record({
    type: typed("budget"),
    runId: fc.constant(runId),
    spentTokens: fc.nat(),
    spentUsd: fc.nat(),
    limits,
    kind: fc.constantFrom("spent", "warning", "exhausted"),
  }),
  fc.record({
    type: typed("workflow-finish"),
    runId: fc.constant(runId),
    status: fc.constantFrom("succeeded", "failed", "stopped"),
    result: fc.jsonValue() as fc.Arbitrary<null>,
    error: fc.option(fc.record({ code: fc.constant("script-error"), message: fc.string() })),
    usage,
    agentCount: fc.nat(),
    cacheHitCount: fc.nat(),
    durationMs: fc.nat(),
  }),
);

/** Any events in any order: the law must not lean on what a daemon would write. */
const log: fc.Arbitrary<readonly WorkflowEntry[]> = fc
  .array(event, { maxLength: 40 })
  .map((events) => events.map((one, at) => ({ ...one, seq: at + 1, atMs: 1_000 + at })));

test("folding in one go equals folding in any cuts, with entries sent again", () => {
  fc.assert(
    fc.property(log, fc.array(fc.nat(), { maxLength: 4 }), fc.nat({ max: 5 }), (entries, cuts, overlap) => {
      const positions = [...cuts.map((cut) => cut % (entries.length + 1)), entries.length];
      let view = frozen(startWorkflowView());
      for (const until of positions.toSorted((one, other) => one - other)) {
        const from = Math.max(0, view.lastSeq - overlap);
        view = frozen(foldWorkflow(entries.slice(from, until), view));
      }
      expect(view).toEqual(foldWorkflow(entries));
    }),
    { numRuns: 500 },
  );
});

test("after a gap the view stands still until the missing entry comes", () => {
  fc.assert(
    fc.property(log, fc.nat(), (entries, at) => {
      fc.pre(entries.length > 1);
      const gap = at % (entries.length - 1);
      const before = foldWorkflow(entries.slice(0, gap));
      const after = foldWorkflow(entries.slice(gap + 1), before);
      expect(after).toEqual({ ...before, missedSeq: gap + 1 });
      expect(foldWorkflow(entries.slice(gap), after)).toEqual(foldWorkflow(entries));
    }),
  );
});

test("an entry that was seen changes nothing, not even the identity of the view", () => {
  fc.assert(
    fc.property(log, (entries) => {
      const view = foldWorkflow(entries);
      for (const entry of entries) expect(applyWorkflowEntry(view, entry)).toBe(view);
    }),
  );
});

test("whatever was folded in, the status fits its schema, holds each agent once, and counts them all", () => {
  fc.assert(
    fc.property(log, (entries) => {
      const view = foldWorkflow(entries);
      const status = workflowStatus(run, view);
      expect(is(WorkflowStatusSchema, status)).toBe(true);
      const shown = status.phases.flatMap(({ agents }) => agents.map((agent) => agent.callIndex));
      const called = entries.filter((entry) => "label" in entry).map((entry) => entry.callIndex);
      expect(shown.toSorted()).toEqual([...new Set(called)].toSorted());
      const counted = Object.values(status.counts).reduce((sum, count) => sum + count, 0);
      expect(counted).toBe(shown.length);
    }),
  );
});

const run = {
  id: runId,
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
  createdAtMs: 1,
  startedAtMs: 1,
  endedAtMs: null,
  usage: null,
  budget: null,
  result: null,
  error: null,
  schemaWarnings: [],
} as const;

/** A frozen view throws where the reducer would change what it was given. */
function frozen(view: WorkflowView): WorkflowView {
  freeze(view);
  return view;
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}
