import { createMemoryConversations, openMemoryStorage } from "@lathe/extension-kit/testing";
import { type Conversations, type DurableEvent, noUsage } from "@lathe/kernel";
import { expect, test } from "vitest";
import { Watcher } from "../testing/stage.ts";
import { sealInterrupted } from "./interrupted.ts";
import { LiveConversation } from "./live-conversation.ts";
import { Recorder, type RunningTurn } from "./recorder.ts";

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

async function openLeftover(stepCount: number, earlierStepCount = 0) {
  const storage = openMemoryStorage().namespace("agents");
  const conversations = createMemoryConversations(storage);
  const { id } = await conversations.create({
    owner: "local",
    title: null,
    agent: "default",
    model: null,
    cwd: "/tmp",
  });
  const recorder = new Recorder(conversations, storage);
  const live = liveOf(conversations, id);
  const turn: RunningTurn = { conversationId: id, turnId: "trn_2", runId: "run_2" };
  const earlier = { ...turn, turnId: "trn_1" };
  const stepsOf = (of: RunningTurn, count: number) =>
    Array.from({ length: count }, (_, index) => stepOf(of, index));
  await conversations.append(id, stepsOf(earlier, earlierStepCount));
  const { conversationId, turnId, runId } = turn;
  await recorder.admit(turn, live, [
    { type: "user-message", conversationId, turnId, content: [{ type: "text", text: "Go." }] },
    { type: "turn-start", conversationId, turnId, runId, agent: "default", model: "p/m" },
  ]);
  await conversations.append(id, stepsOf(turn, stepCount));
  return { id, conversations, recorder, live, turn };
}

function liveOf(conversations: Conversations, id: string): LiveConversation {
  const lastSeq = async () => (await conversations.get(id))?.lastSeq;
  const entries = (sinceSeq: number, limit: number) => conversations.entries(id, { sinceSeq, limit });
  return new LiveConversation({ lastSeq, entries }, () => {});
}

test("a turn that nobody runs is sealed with the sum of the steps that it got to; its end is shown, its seal handed back", async () => {
  const { id, conversations, recorder, live, turn } = await openLeftover(3);
  const watcher = new Watcher();
  live.subscribe(5, watcher);
  await expect.poll(async () => live.watched).toBe(true);
  const seal = await sealInterrupted(turn, live, conversations, recorder);
  const { conversationId, turnId } = turn;
  const done = {
    type: "done",
    conversationId,
    turnId,
    finishReason: "interrupted",
    stepCount: 3,
    durationMs: 0,
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

test("a long conversation is read backwards, no further than the turn goes", async () => {
  const { id, conversations, recorder, live, turn } = await openLeftover(250, 1_000);
  const positions: number[] = [];
  const { entries } = conversations;
  conversations.entries = (wanted, page) => {
    positions.push(page.sinceSeq);
    return entries(wanted, page);
  };
  await sealInterrupted(turn, live, conversations, recorder);
  expect(positions).toEqual([1_052, 852]);
  conversations.entries = entries;
  expect((await conversations.entries(id, { sinceSeq: 1_252, limit: 1 }))[0]).toMatchObject({
    stepCount: 250,
  });
});

test("where the store refuses, the turn stays noted, and is sealed by the next try", async () => {
  const { conversations, recorder, live, turn } = await openLeftover(1);
  conversations.beforeAppend = () => {
    throw new Error("The disk is full.");
  };
  await expect(sealInterrupted(turn, live, conversations, recorder)).rejects.toThrow("The disk is full.");
  expect(await recorder.runningTurns()).toEqual([turn]);
  conversations.beforeAppend = undefined;
  await sealInterrupted(turn, live, conversations, recorder);
  expect(await recorder.runningTurn(turn.conversationId)).toBeUndefined();
});

test("a conversation that is gone takes its running turn with it", async () => {
  const { id, conversations, recorder, live, turn } = await openLeftover(1);
  await conversations.delete(id);
  await sealInterrupted(turn, live, conversations, recorder);
  expect(await recorder.runningTurns()).toEqual([]);
});

test("more running turns than one page holds are all found", async () => {
  const storage = openMemoryStorage().namespace("agents");
  const recorder = new Recorder(createMemoryConversations(storage), storage);
  const puts = Array.from({ length: 1_001 }, (_, index) => ({
    key: ["running", `cnv_${String(index).padStart(4, "0")}`],
    value: { turnId: `trn_${index}`, runId: `run_${index}` },
  }));
  await storage.commit({ puts });
  const turns = await recorder.runningTurns();
  expect([turns.length, turns[1_000]]).toEqual([
    1_001,
    { conversationId: "cnv_1000", turnId: "trn_1000", runId: "run_1000" },
  ]);
});
