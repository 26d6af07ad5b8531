import type { WorkflowEntry, WorkflowEvent } from "@lathe/kernel";
import { beforeEach, expect, test } from "vitest";
import { calledAs } from "./terminal.ts";
import { WorkflowPrinter } from "./workflow-printer.ts";

const runId = "run_1";
const usage = {
  inputTokens: 1_200,
  outputTokens: 34,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

let lines: string[] = [];
let printer: WorkflowPrinter;
beforeEach(() => {
  lines = [];
  printer = new WorkflowPrinter({ aside: (line) => lines.push(line), asks: false });
});

function show(...events: WorkflowEvent[]): void {
  const { lastSeq } = printer.view;
  for (const [at, event] of events.entries())
    printer.show({ ...event, seq: lastSeq + at + 1, atMs: 5 } as WorkflowEntry);
}

const start: WorkflowEvent = {
  type: "workflow-start",
  runId,
  name: "deploy",
  description: "Deploys.",
  dialect: "script",
  scriptHash: "abc",
  phases: [],
  budget: { tokens: 200_000, usd: 2.5 },
  dry: true,
  resumeOf: "run_0",
};

const scout = { runId, callIndex: 0, label: "scout", phase: "Plan" };
const child = { childRunId: "run_2", conversationId: "cnv_2" };
const finish: WorkflowEvent = {
  type: "workflow-finish",
  runId,
  status: "succeeded",
  result: 1,
  error: null,
  usage,
  agentCount: 2,
  cacheHitCount: 1,
  durationMs: 65_000,
};

test("a run reads from top to bottom", () => {
  show(
    start,
    { type: "phase", runId, title: "Plan" },
    { ...scout, type: "cache-miss", key: "k", reason: "first" },
    { ...scout, ...child, type: "agent-start", prompt: "Look.", agent: "default", model: "demo/m" },
    {
      ...scout,
      ...child,
      type: "agent-finish",
      outcome: "ok",
      usage,
      durationMs: 3_210,
      triesAgain: 0,
    },
    { ...scout, callIndex: 1, type: "cache-hit", key: "k", reason: "other-run", fromRunId: "run_9" },
    { ...scout, callIndex: 2, type: "cache-miss", key: "k", reason: "prompt-changed" },
    { type: "workflow-continued", runId },
    finish,
  );
  expect(lines).toEqual([
    "deploy run_1 (dry: agents are answered with made-up values; budget 200,000 tokens, 2.50 USD; goes on from run_0)",
    "== Plan",
    "> scout (demo/m)",
    "  scout done (3.21 s, 1,234 tokens)",
    "= scout is not asked: another run had its answer (run_9)",
    "~ scout is asked: its prompt has changed",
    "The daemon goes on with it.",
    "succeeded (1 min 5 s, 2 agents, 1 answered from what is stored, 1,234 tokens).",
  ]);
});

test("what went wrong with an agent is told", () => {
  const ended = {
    ...scout,
    ...child,
    type: "agent-finish",
    usage: null,
    durationMs: 40,
    triesAgain: 2,
  } as const;
  const error = { code: "over-budget", message: "The budget\nis used up." };
  show(
    { ...ended, outcome: "partial", error },
    { ...ended, outcome: "null" },
    { ...ended, outcome: "error", error },
  );
  expect(lines).toEqual([
    "  scout done in part (40 ms, mended 2 times): The budget is used up.",
    "  scout gave null (40 ms, mended 2 times)",
    "  scout failed (40 ms, mended 2 times): The budget is used up.",
  ]);
});

test("lines of the log keep their breaks, and say whose they are", () => {
  show(
    { type: "log", runId, source: "script", level: "info", text: "one\ntwo" },
    { type: "log", runId, source: "engine", level: "warn", text: "slow" },
  );
  expect(lines).toEqual(["| one", "| two", "| lathe: warn: slow"]);
});

test("a line without an end is cut", () => {
  show({ type: "log", runId, source: "script", level: "info", text: "x".repeat(300_000) });
  expect(lines[0]).toHaveLength("| ".length + 10_000 + "...".length);
});

test("a question says how to answer it where nobody is asked here, and the answer is shown", () => {
  const asked: WorkflowEvent = {
    type: "approval-asked",
    runId,
    callIndex: 3,
    approvalId: "apr_1",
    question: "Go on?",
    default: false,
    expiresAtMs: 0,
  };
  const answered = {
    type: "approval-answered",
    runId,
    callIndex: 3,
    approvalId: "apr_1",
    answer: false,
  } as const;
  show(asked, { ...answered, by: null });
  expect(lines).toEqual([
    "It waits for an answer: Go on?",
    "  until 1970-01-01T00:00:00.000Z, then false",
    `  ${calledAs} workflows approve run_1 apr_1 --yes | --no | --answer JSON`,
    "  The answer is false, as nobody has answered.",
  ]);
  lines = [];
  printer = new WorkflowPrinter({ aside: (line) => lines.push(line), asks: true });
  show(asked);
  expect(lines).toEqual([]);
});

test("the budget is told once when it runs short, and once when it is used up", () => {
  const spent = { type: "budget", runId, spentUsd: 0, limits: { tokens: 1_000, usd: null } } as const;
  show(
    { ...spent, spentTokens: 10, kind: "spent" },
    { ...spent, spentTokens: 900, kind: "warning" },
    { ...spent, spentTokens: 950, kind: "warning" },
    { ...spent, spentTokens: 1_000, kind: "exhausted" },
  );
  expect(lines).toEqual([
    "Much of the budget is used, or is about to be (900 of 1,000 tokens).",
    "The budget is used up (1,000 of 1,000 tokens): no agent starts any more.",
  ]);
});

test("what was shown is not shown again, as a stream that was cut sends it again", () => {
  show(start, { type: "phase", runId, title: "Plan" });
  printer.show({ type: "phase", runId, title: "Plan", seq: 2, atMs: 5 });
  expect(lines.filter((line) => line === "== Plan")).toHaveLength(1);
});

test("an entry of a type that is not known is passed over", () => {
  show(start);
  printer.show({ type: "later", runId, seq: 2, atMs: 5 } as unknown as WorkflowEntry);
  expect(lines).toHaveLength(1);
  expect(printer.view.lastSeq).toBe(2);
});
