// The oracle itself: a sound conversation passes, and each thing that can be wrong with one is told.
import type { Conversation, Entry, Run } from "@lathe/kernel";
import { foldEvents, startView } from "@lathe/wire";
import { expect, test } from "vitest";
import { checkConversation, checkEffects, type Observed } from "./checks.ts";
import type { Effect } from "./crash-tools.ts";
import type { SentMessage } from "./history.ts";
import { Watcher } from "./watcher.ts";

const names = { conversationId: "cnv_1", turnId: "trn_1" };
const usage = {
  inputTokens: 5,
  outputTokens: 3,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};
const callPart = {
  type: "tool-call",
  callId: "call_1",
  name: "append",
  argumentsText: '{"mark":"m","ms":1}',
};
const step = { ...names, stepId: "trn_1#0", index: 0, provider: "openai", model: "test", usage };
const entries: readonly Entry[] = [
  { type: "user-message", ...names, content: [{ type: "text", text: "Hello." }] },
  { type: "turn-start", ...names, runId: "run_1", agent: "default", model: "openai/test" },
  {
    type: "step-complete",
    ...step,
    finishReason: "tool-calls",
    message: { role: "assistant", provider: "openai", model: "test", content: [callPart] },
    toolResults: [{ role: "tool", callId: "call_1", toolName: "append", content: "done: m", isError: false }],
    toolCalls: [{ callId: "call_1", outcome: "ok", startedAtMs: 1, durationMs: 1 }],
    contextSize: 8,
    metrics: { startedAtMs: 1, timeToFirstTokenMs: 1, decodeMs: 1, totalMs: 2 },
  },
  { type: "done", ...names, finishReason: "stop", stepCount: 1, durationMs: 2, usage, contextSize: 8 },
  { type: "turn-sealed", ...names },
].map((event, index) => ({ ...event, seq: index + 1, atMs: 1 }) as Entry);
const effect: Effect = { tool: "append", mark: "m", stepId: "trn_1#0", callId: "call_1" };
const run = { id: "run_1", status: "succeeded", endedAtMs: 2 } as Run;
const message: SentMessage = {
  text: "Hello.",
  key: null,
  state: "acknowledged",
  refusedFor: null,
  admission: { runId: "run_1", turnId: "trn_1", seq: 1 },
  stoppedAtMs: null,
  isStopAcknowledged: false,
};

function watched(seen: readonly Entry[]): Watcher {
  const watcher = new Watcher("cnv_1", "http");
  for (const entry of seen) watcher.entries.set(entry.seq, entry);
  watcher.view = seen.reduce(foldEvents, startView());
  return watcher;
}

interface Given {
  readonly log?: readonly Entry[];
  readonly seen?: readonly Entry[];
  readonly sent?: readonly SentMessage[];
  readonly head?: Partial<Conversation>;
  readonly runs?: readonly Run[];
  readonly killedAtMs?: number;
  readonly effects?: readonly Effect[];
}

function observed({ log = entries, seen = log, sent = [message], head = {}, ...rest }: Given): Observed {
  return {
    history: { conversationId: "cnv_1", agent: "default", sent: [...sent], watchers: [watched(seen)] },
    head: { id: "cnv_1", state: "idle", lastSeq: log.length, ...head } as Conversation,
    entries: log,
    runs: new Map((rest.runs ?? [run]).map((one) => [one.id, one])),
    killedAtMs: rest.killedAtMs ?? 1,
    effects: rest.effects ?? [effect],
  };
}

const kindsOf = (given: Given): readonly string[] => [
  ...new Set(checkConversation(observed(given)).map(({ kind }) => kind)),
];

const without = (...seqs: readonly number[]): readonly Entry[] =>
  entries.filter(({ seq }) => !seqs.includes(seq));

test("a conversation in which nothing went wrong passes", () => {
  expect(kindsOf({})).toEqual([]);
  expect(checkEffects([effect], [entries])).toEqual([]);
});

test("a turn that came to its end in the daemon that was asked to stop it passes", () => {
  expect(kindsOf({ sent: [{ ...message, isStopAcknowledged: true }], killedAtMs: 2 })).toEqual([]);
});

test.each<[string, Given]>([
  ["acknowledged-message-missing", { sent: [{ ...message, text: "Another." }, message] }],
  ["acknowledged-run-missing", { runs: [] }],
  ["acknowledged-stop-forgotten", { log: without(5), sent: [{ ...message, stoppedAtMs: 1 }] }],
  ["acknowledged-stop-forgotten", { sent: [{ ...message, stoppedAtMs: 0 }] }],
  ["acknowledged-stop-forgotten", { sent: [{ ...message, isStopAcknowledged: true }] }],
  ["message-of-nobody", { sent: [] }],
  ["message-of-nobody", { sent: [{ ...message, state: "refused", admission: null }] }],
  ["message-refused", { sent: [{ ...message, refusedFor: "A turn is running." }] }],
  ["message-twice", { log: [...entries, { ...entries[0], seq: 6 } as Entry] }],
  ["seen-entry-missing", { log: [], seen: entries }],
  ["seen-entry-differs", { seen: entries.map((entry) => ({ ...entry, atMs: 2 })) }],
  ["positions-not-dense", { log: without(3), seen: [] }],
  ["positions-not-dense", { head: { lastSeq: 6 } }],
  ["turn-not-ended-once", { log: without(4) }],
  ["turn-not-ended-once", { log: [...entries, { ...entries[3], seq: 6 } as Entry] }],
  ["conversation-not-idle", { head: { state: "in_progress" } }],
  ["run-not-as-its-turn", { runs: [{ ...run, status: "interrupted" }] }],
  ["run-not-as-its-turn", { runs: [{ ...run, status: "running", endedAtMs: null }] }],
  ["call-run-twice", { effects: [effect, effect] }],
  ["result-without-effect", { effects: [] }],
  ["watcher-sees-another-log", { seen: without(3) }],
])("%s is told", (kind, given) => {
  expect(kindsOf(given)).toContain(kind);
});

test("effect-of-no-call is told, and not where the step of an abort says that the call has run", () => {
  const other: Effect = { ...effect, mark: "another", callId: "call_2" };
  expect(checkEffects([effect, other], [entries]).map(({ kind }) => kind)).toEqual(["effect-of-no-call"]);
  const aborted = entries.map((entry) => {
    if (entry.type !== "step-complete") return entry;
    const { message: _, ...rest } = entry;
    return { ...rest, toolResults: [] };
  });
  expect(checkEffects([effect], [aborted])).toEqual([]);
});
