import {
  createMemoryConversations,
  createMemorySnapshots,
  openMemoryStorage,
} from "@lathe/extension-kit/testing";
import {
  type Conversations,
  type DurableEvent,
  interruptedResult,
  noUsage,
  TurnRefusedError,
} from "@lathe/kernel";
import { expect, test } from "vitest";
import { Watcher } from "../testing/stage.ts";
import { InFlight } from "./in-flight.ts";
import { type InterruptedEnd, sealInterrupted } from "./interrupted.ts";
import { LiveConversation } from "./live-conversation.ts";
import { beginTurn } from "./progress.ts";
import { Recorder, type RunningTurn } from "./recorder.ts";

const end: InterruptedEnd = { nowMs: 1_500, finishReason: "interrupted" };
const prices = { priceOf: () => undefined };
const usage = { ...noUsage, inputTokens: 3, outputTokens: 1 };

function stepOf(turn: RunningTurn, index: number): DurableEvent {
  const { conversationId, turnId } = turn;
  return {
    type: "step-complete",
    conversationId,
    turnId,
    stepId: `${turnId}#${index}`,
    index,
    provider: "p",
    model: "m",
    finishReason: "tool-calls",
    toolResults: [],
    toolCalls: [],
    usage,
    contextSize: 4,
    metrics: { startedAtMs: 0, timeToFirstTokenMs: null, decodeMs: null, totalMs: 0 },
  };
}

async function openLeftover(stepCount: number) {
  const storage = openMemoryStorage().namespace("agents");
  const conversations = createMemoryConversations(storage);
  const draft = { owner: "local", title: null, agent: "default", model: null, cwd: "/tmp" };
  const { id } = await conversations.create(draft);
  const snapshots = createMemorySnapshots(storage);
  const recorder = new Recorder({
    conversations,
    storage,
    snapshots,
    runs: undefined,
    prices,
    failpoint: () => {},
  });
  const live = liveOf(conversations, id);
  const begun = { turnId: "trn_2", runId: "run_2", agent: "default", model: "p/m", startedAtMs: 1_000 };
  const turn: RunningTurn = {
    conversationId: id,
    turnId: "trn_2",
    runId: "run_2",
    snapshot: beginTurn(id, 0, begun),
    inFlight: new InFlight(id),
    lastText: null,
  };
  const { conversationId, turnId, runId } = turn;
  const events: DurableEvent[] = [
    { type: "user-message", conversationId, turnId, content: [{ type: "text", text: "Go." }] },
    { type: "turn-start", conversationId, turnId, runId, agent: "default", model: "p/m" },
  ];
  await recorder.admit(turn, live, events, { owner: "local", title: null, parentId: null, joined: [] });
  for (let index = 0; index < stepCount; index++) await recorder.record(turn, [stepOf(turn, index)]);
  return { id, conversations, recorder, live, turn, storage };
}

function liveOf(conversations: Conversations, id: string): LiveConversation {
  const lastSeq = async () => (await conversations.get(id))?.lastSeq;
  const entries = (sinceSeq: number, limit: number) => conversations.entries(id, { sinceSeq, limit });
  const snapshot = async () => undefined;
  return new LiveConversation({ conversationId: id, lastSeq, entries, snapshot }, () => {});
}

/** As the next daemon finds it. */
async function found(recorder: Recorder): Promise<RunningTurn> {
  const [turn] = await recorder.runningTurns();
  if (turn === undefined) throw new Error("No turn is running.");
  return turn;
}

test("a turn that nobody runs is sealed with the sum of the steps that it got to; its end is shown, its seal handed back", async () => {
  const { id, conversations, recorder, live, turn } = await openLeftover(3);
  const watcher = new Watcher();
  live.subscribe(5, watcher);
  await expect.poll(async () => live.watched).toBe(true);
  const seal = await sealInterrupted(await found(recorder), live, recorder, end);
  const { conversationId, turnId } = turn;
  const done = {
    type: "done",
    conversationId,
    turnId,
    finishReason: "interrupted",
    stepCount: 3,
    durationMs: 500,
    usage: { ...noUsage, inputTokens: 9, outputTokens: 3 },
    contextSize: 4,
  };
  const sealed = { type: "turn-sealed", conversationId, turnId };
  expect(await conversations.entries(id, { sinceSeq: 5, limit: 10 })).toMatchObject([done, sealed]);
  expect(seal).toMatchObject(sealed);
  await expect.poll(() => watcher.events).toMatchObject([done]);
  expect((await conversations.get(id))?.state).toBe("idle");
  expect(await recorder.runningTurns()).toEqual([]);
});

test("where the store refuses, the turn stays noted, and is sealed by the next try", async () => {
  const { conversations, recorder, live, turn } = await openLeftover(1);
  conversations.beforeAppend = () => {
    throw new Error("The disk is full.");
  };
  await expect(sealInterrupted(await found(recorder), live, recorder, end)).rejects.toThrow(
    "The disk is full.",
  );
  expect(await recorder.runningTurns()).toMatchObject([{ turnId: turn.turnId }]);
  conversations.beforeAppend = undefined;
  await sealInterrupted(await found(recorder), live, recorder, end);
  expect(await recorder.runningTurn(turn.conversationId)).toBeUndefined();
});

test("a conversation that is gone takes its running turn with it", async () => {
  const { id, conversations, recorder, live } = await openLeftover(1);
  await conversations.delete(id);
  await sealInterrupted(await found(recorder), live, recorder, end);
  expect(await recorder.runningTurns()).toEqual([]);
});

const delta = (turn: RunningTurn, text: string, type: "text-delta" | "reasoning-delta" = "text-delta") => ({
  type,
  conversationId: turn.conversationId,
  turnId: turn.turnId,
  stepId: `${turn.turnId}#1`,
  text,
});

test("the words that were said of the step in flight are kept, its calls are not", async () => {
  const { id, conversations, recorder, live, turn, storage } = await openLeftover(1);
  const { conversationId, turnId } = turn;
  const names = { conversationId, turnId, stepId: `${turnId}#1` };
  turn.inFlight.add({ type: "step-start", ...names, index: 1, provider: "p", model: "m" });
  turn.inFlight.add(delta(turn, "Let me ", "reasoning-delta"));
  await recorder.hold(turn);
  turn.inFlight.add(delta(turn, "see.", "reasoning-delta"));
  turn.inFlight.add(delta(turn, "It is"));
  await recorder.hold(turn);
  turn.inFlight.add({ type: "tool-call-delta", ...names, callId: "c", name: "look", argumentsText: "{" });
  await recorder.hold(turn);
  await sealInterrupted(await found(recorder), live, recorder, end);
  const [step, done] = await conversations.entries(id, { sinceSeq: 3, limit: 10 });
  expect(step).toMatchObject({
    type: "step-complete",
    index: 1,
    finishReason: "aborted",
    message: {
      content: [
        { type: "reasoning", text: "Let me see." },
        { type: "text", text: "It is" },
      ],
      interrupted: true,
    },
    toolResults: [],
  });
  expect(done).toMatchObject({ type: "done", stepCount: 2, finishReason: "interrupted" });
  expect(await storage.list({ prefix: ["partial"], limit: 10 })).toEqual([]);
});

test("S5: a step whose calls were running is kept whole, with results that say that nobody knows", async () => {
  const { id, conversations, recorder, live, turn } = await openLeftover(1);
  const call = { type: "tool-call", callId: "c", name: "write", argumentsText: "{}" } as const;
  turn.inFlight.noteCalls({
    stepId: `${turn.turnId}#1`,
    index: 1,
    provider: "p",
    model: "m",
    message: { role: "assistant", provider: "p", model: "m", content: [call] },
    usage,
    contextSize: 4,
    metrics: { startedAtMs: 1_200, timeToFirstTokenMs: 10, decodeMs: 5 },
  });
  await recorder.hold(turn);
  await sealInterrupted(await found(recorder), live, recorder, end);
  const [step, done] = await conversations.entries(id, { sinceSeq: 3, limit: 10 });
  expect(step).toMatchObject({
    finishReason: "tool-calls",
    message: { content: [call] },
    toolResults: [{ callId: "c", content: interruptedResult, isError: true }],
    usage,
  });
  expect(done).toMatchObject({ stepCount: 2, usage: { inputTokens: 6, outputTokens: 2 } });
});

test("a turn that was asked to stop ends as any that was stopped, with what it had said, and names no failure", async () => {
  const { id, conversations, recorder, live, turn, storage } = await openLeftover(1);
  const { conversationId, turnId } = turn;
  const stepId = `${turnId}#1`;
  turn.inFlight.add({
    ...{
      type: "step-start",
      conversationId,
      turnId,
      stepId,
      index: 1,
      attempt: 1,
      provider: "p",
      model: "m",
    },
  });
  turn.inFlight.add({ type: "text-delta", conversationId, turnId, stepId, text: "Half" });
  await recorder.hold(turn);
  const cause = new TurnRefusedError("unknown-model", "It is gone.");
  await sealInterrupted(await found(recorder), live, recorder, { ...end, finishReason: "aborted", cause });
  const [step, done] = (await conversations.entries(id, { sinceSeq: 3, limit: 9 })).slice(0, 2);
  expect(step).toMatchObject({ message: { content: [{ type: "text", text: "Half" }], interrupted: true } });
  expect(done).toMatchObject({ type: "done", finishReason: "aborted", stepCount: 2 });
  expect(done).not.toHaveProperty("failure");
  expect(await storage.get(["snapshot", id])).toMatchObject({ value: { state: "idle" } });
});
