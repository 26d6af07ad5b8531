import type { Run, WorkflowEntry, WorkflowEvent } from "@lathe/kernel";
import { expect, test } from "vitest";
import { applyWorkflowEntry, foldWorkflow } from "./fold-workflow.ts";
import { phasesOf, startWorkflowView, type WorkflowView, workflowStatus } from "./workflow-view.ts";

const runId = "run_1";
const start: WorkflowEvent = {
  type: "workflow-start",
  runId,
  name: "deploy",
  description: "Deploys.",
  dialect: "script",
  scriptHash: "abc",
  phases: [{ title: "Plan", detail: "Thinks." }, { title: "Build" }],
  budget: { tokens: 1_000, usd: null },
  dry: false,
  resumeOf: null,
};
const usage = {
  inputTokens: 30,
  outputTokens: 12,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

function fold(events: readonly WorkflowEvent[], view: WorkflowView = startWorkflowView()): WorkflowView {
  const entries = events.map((event, at) => ({ ...event, seq: view.lastSeq + at + 1, atMs: 5_000 + at }));
  return foldWorkflow(entries as readonly WorkflowEntry[], view);
}

function missed(callIndex: number, phase: string | null = null): WorkflowEvent {
  return {
    type: "cache-miss",
    runId,
    callIndex,
    label: `call ${callIndex}`,
    phase,
    key: "k",
    reason: "first",
  };
}

function hit(callIndex: number, reason: "this-run" | "other-run"): WorkflowEvent {
  const named = { runId, callIndex, label: `call ${callIndex}`, phase: null };
  return { ...named, type: "cache-hit", key: "k", reason, fromRunId: "run_0" };
}

function started(callIndex: number, phase: string | null = null): WorkflowEvent {
  return {
    type: "agent-start",
    runId,
    callIndex,
    label: `call ${callIndex}`,
    phase,
    prompt: "Do it.",
    agent: "default",
    model: "demo/m",
    childRunId: "run_2",
    conversationId: "cnv_2",
  };
}

function finished(
  callIndex: number,
  outcome: "ok" | "partial" | "null" | "error" | "stopped",
): WorkflowEvent {
  return {
    type: "agent-finish",
    runId,
    callIndex,
    label: `call ${callIndex}`,
    phase: null,
    outcome,
    usage,
    durationMs: 70,
    childRunId: "run_2",
    conversationId: "cnv_2",
    triesAgain: 1,
  };
}

const finish: WorkflowEvent = {
  type: "workflow-finish",
  runId,
  status: "succeeded",
  result: { ok: true },
  error: null,
  usage,
  agentCount: 1,
  cacheHitCount: 0,
  durationMs: 90,
};

function statesOf(view: WorkflowView): readonly string[] {
  return view.agents.map(({ callIndex, state }) => `${callIndex} ${state}`);
}

test("an agent is queued, runs and ends, and keeps what is known of it", () => {
  const queued = fold([start, missed(0)]);
  expect(statesOf(queued)).toEqual(["0 queued"]);
  const running = fold([started(0)], queued);
  expect(statesOf(running)).toEqual(["0 running"]);
  expect(fold([finished(0, "ok")], running).agents).toEqual([
    {
      callIndex: 0,
      label: "call 0",
      phase: null,
      state: "done",
      prompt: "Do it.",
      agent: "default",
      model: "demo/m",
      childRunId: "run_2",
      conversationId: "cnv_2",
      startedAtMs: 5_000,
      durationMs: 70,
      usage,
      triesAgain: 1,
      error: null,
    },
  ]);
});

test("each ending of an agent has a state of its own", () => {
  const events = (["ok", "partial", "null", "error", "stopped"] as const).map((outcome, at) =>
    finished(at, outcome),
  );
  expect(statesOf(fold(events))).toEqual(["0 done", "1 partial", "2 null", "3 failed", "4 stopped"]);
});

test("agents are in the order of their calls, whatever the order of their events", () => {
  expect(statesOf(fold([started(2), started(0), finished(2, "ok"), started(1)]))).toEqual([
    "0 running",
    "1 running",
    "2 done",
  ]);
});

test("after a cut, running agents wait again, and those that had finished keep what they took", () => {
  const cut = fold([start, started(0), finished(0, "ok"), started(1)]);
  const continued = fold([{ type: "workflow-continued", runId }], cut);
  expect(statesOf(continued)).toEqual(["0 done", "1 queued"]);
  const replayed = fold([hit(0, "this-run")], continued);
  expect(replayed.agents).toEqual(continued.agents);
  expect(replayed.cache).toMatchObject([{ callIndex: 0, outcome: "hit", reason: "this-run" }]);
});

test("an answer of another run makes the agent cached", () => {
  expect(statesOf(fold([hit(0, "other-run")]))).toEqual(["0 cached"]);
});

test("phases are those declared, then others as they came, then agents of none", () => {
  const view = fold([
    start,
    { type: "phase", runId, title: "Ship" },
    started(0, "Ship"),
    started(1, null),
    started(2, "Plan"),
  ]);
  expect(view.phase).toBe("Ship");
  expect(
    phasesOf(view).map(({ title, detail, agents }) => [title, detail, agents.map((one) => one.callIndex)]),
  ).toEqual([
    ["Plan", "Thinks.", [2]],
    ["Build", null, []],
    ["Ship", null, [0]],
    [null, null, [1]],
  ]);
});

test("an endless row of phases is cut, and their agents are shown all the same", () => {
  const many = Array.from({ length: 1_200 }, (_, at) => ({ type: "phase", runId, title: `P${at}` }) as const);
  const view = fold([...many, started(0, "P1199")]);
  expect(view.phases).toHaveLength(1_000);
  expect(phasesOf(view).at(-1)).toMatchObject({ title: "P1199", agents: [{ callIndex: 0 }] });
});

test("the last 100 lines of the log are kept", () => {
  const lines = Array.from(
    { length: 130 },
    (_, at) => ({ type: "log", runId, source: "script", level: "info", text: `line ${at}` }) as const,
  );
  const { log } = fold(lines);
  expect(log).toHaveLength(100);
  expect(log[0]).toEqual({ seq: 31, atMs: 5_030, source: "script", level: "info", text: "line 30" });
});

test("an approval is open until it is answered, or the run is over", () => {
  const asked = (approvalId: string): WorkflowEvent => ({
    type: "approval-asked",
    runId,
    callIndex: 0,
    approvalId,
    question: "Go on?",
    default: false,
    expiresAtMs: 9_000,
  });
  const both = fold([asked("apr_1"), asked("apr_2")]);
  const answered: WorkflowEvent = {
    type: "approval-answered",
    runId,
    callIndex: 0,
    approvalId: "apr_1",
    answer: true,
    by: "local",
  };
  const one = fold([answered], both);
  expect(one.approvals).toEqual([
    { callIndex: 0, approvalId: "apr_2", question: "Go on?", default: false, expiresAtMs: 9_000 },
  ]);
  expect(fold([finish], one).approvals).toEqual([]);
});

test("when the run is over nothing waits or runs any more", () => {
  const over = fold([missed(0), started(1), started(2), finished(2, "ok"), finish]);
  expect(statesOf(over)).toEqual(["0 stopped", "1 stopped", "2 done"]);
});

test("an entry of a type that is not known yet only moves the position", () => {
  const view = fold([start]);
  const entry = { type: "constructor", runId, seq: 2, atMs: 1 } as unknown as WorkflowEntry;
  expect(applyWorkflowEntry(view, entry)).toEqual({ ...view, lastSeq: 2 });
});

test("the status of a run says what it spent, what it came to, and why it was given up", () => {
  const budget: WorkflowEvent = {
    type: "budget",
    runId,
    spentTokens: 42,
    spentUsd: 0.5,
    limits: { tokens: 1_000, usd: null },
    kind: "spent",
  };
  const run = { id: runId, kind: "workflow", error: { code: "interrupted", message: "Cut off." } } as Run;
  expect(workflowStatus(run, fold([start, started(0), budget, finish]))).toMatchObject({
    run,
    name: "deploy",
    budget: { limits: { tokens: 1_000, usd: null }, spentTokens: 42, spentUsd: 0.5 },
    counts: { running: 0, stopped: 1 },
    result: { ok: true },
    error: null,
  });
  expect(workflowStatus(run, fold([start]))).toMatchObject({
    budget: { limits: { tokens: 1_000, usd: null }, spentTokens: 0, spentUsd: 0 },
    result: null,
    error: { code: "interrupted", message: "Cut off." },
  });
  expect(workflowStatus(run, startWorkflowView())).toMatchObject({ name: null, phases: [] });
});
