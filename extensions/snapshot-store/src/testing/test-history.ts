// A history to test on: conversations in memory, and turns that are recorded in them as the recorder does it.
import {
  createMemoryConversations,
  type MemoryConversations,
  openMemoryStorage,
} from "@lathe/extension-kit/testing";
import {
  addUsage,
  type DurableEvent,
  noUsage,
  type Snapshot,
  type StepComplete,
  type Usage,
} from "@lathe/kernel";
import type { TurnSummary } from "@lathe/wire";
import { SnapshotShelf } from "../core/snapshot-shelf.ts";
import { TurnHistory } from "../core/turn-history.ts";

/** Of each step. */
export const usage: Usage = { ...noUsage, inputTokens: 100, outputTokens: 10, cacheReadTokens: 80 };

export interface TurnPlan {
  /** The first conversation where absent. */
  readonly on?: string;
  /** It has no end. */
  readonly runs?: boolean;
  readonly model?: string;
}

export interface TestHistory {
  /** Of the first conversation, which is empty. */
  readonly id: string;
  readonly conversations: MemoryConversations;
  readonly shelf: SnapshotShelf;
  readonly history: TurnHistory;
  /** A turn of so many steps, each with one call. Returns its id: `trn_0`, `trn_1`, ... */
  turn(stepCount: number, plan?: TurnPlan): Promise<string>;
  /** Appends the events with the snapshot that they lead to. */
  put(on: string, snapshot: Snapshot, events: readonly DurableEvent[]): Promise<Snapshot>;
  restore(on: string, turnId: string): Promise<void>;
  /** Returns the id of the fork. */
  fork(id: string, seq: number): Promise<string>;
}

export async function openHistory(): Promise<TestHistory> {
  const storage = openMemoryStorage().namespace("snapshot-store");
  const conversations = createMemoryConversations(storage);
  const shelf = new SnapshotShelf(storage);
  const history = new TurnHistory({ storage, conversations, snapshots: shelf });
  const { id } = await conversations.create({ owner: "me", title: null, agent: "a", model: null, cwd: "/" });
  let turnCount = 0;

  const put: TestHistory["put"] = async (on, snapshot, events) => {
    const seq = snapshot.seq + events.length;
    const next = { ...snapshot, conversationId: on, seq };
    await conversations.append(on, events, { joined: [shelf.prepare(next, events)] });
    return next;
  };
  const lastSeqOf = async (on: string): Promise<number> => (await conversations.get(on))?.lastSeq ?? 0;

  const turn: TestHistory["turn"] = async (stepCount, { on = id, runs = false, model = "p/m" } = {}) => {
    const turnId = `trn_${turnCount++}`;
    const place = { conversationId: on, turnId };
    let snapshot = begun(place, await lastSeqOf(on), model);
    snapshot = await put(on, snapshot, [
      { type: "user-message", ...place, content: [{ type: "text", text: `Message of ${turnId}.` }] },
      { type: "turn-start", ...place, runId: `run_${turnId}`, agent: "a", model },
    ]);
    for (let index = 0; index < stepCount; index++)
      snapshot = await put(on, grown(snapshot, index), [stepOf(place, index)]);
    if (runs || snapshot.turn === null) return turnId;
    const { usage: spent, contextSize } = snapshot.turn;
    const done = { durationMs: 40, usage: spent, contextSize, stepCount };
    await put(on, { ...snapshot, state: "idle" }, [
      { type: "done", ...place, finishReason: "stop", ...done },
      { type: "turn-sealed", ...place },
    ]);
    return turnId;
  };
  const restore: TestHistory["restore"] = async (on, turnId) => {
    const turns = await history.turns(on, { order: "oldest", limit: 1_000 });
    const toSeq = turns.find((one) => one.turnId === turnId)?.lastSeq ?? 0;
    const idle: Snapshot = {
      conversationId: on,
      state: "idle",
      seq: await lastSeqOf(on),
      turn: null,
      pending: null,
    };
    await put(on, (await shelf.get(on)) ?? idle, [{ type: "restored", conversationId: on, turnId, toSeq }]);
  };
  const fork: TestHistory["fork"] = async (origin, seq) =>
    (await conversations.fork(origin, seq, { owner: "me", title: null, model: null })).id;
  return { id, conversations, shelf, history, turn, put, restore, fork };
}

export function idsOf(turns: readonly TurnSummary[]): readonly string[] {
  return turns.map(({ turnId }) => turnId);
}

interface InTurn {
  readonly conversationId: string;
  readonly turnId: string;
}

function begun({ conversationId, turnId }: InTurn, seq: number, model: string): Snapshot {
  return {
    conversationId,
    state: "in_progress",
    seq,
    turn: {
      turnId,
      runId: `run_${turnId}`,
      agent: "a",
      model,
      startSeq: seq + 1,
      startedAtMs: 1_000,
      stepCount: 0,
      toolCallCount: 0,
      usage: noUsage,
      contextSize: null,
      resumeCount: 0,
      retry: null,
    },
    pending: null,
  };
}

function grown(snapshot: Snapshot, index: number): Snapshot {
  if (snapshot.turn === null) throw new Error("There is no turn.");
  const sums = { stepCount: index + 1, toolCallCount: index + 1, contextSize: 110 };
  return {
    ...snapshot,
    turn: { ...snapshot.turn, ...sums, usage: addUsage(snapshot.turn.usage, usage) },
  };
}

/** Took 9 ms. */
export function stepOf(place: InTurn, index: number): StepComplete {
  const callId = `c${index}`;
  const call = { type: "tool-call", callId, name: "look", argumentsText: "{}" } as const;
  return {
    type: "step-complete",
    ...place,
    stepId: `${place.turnId}#${index}`,
    index,
    provider: "p",
    model: "m",
    finishReason: "tool-calls",
    message: { role: "assistant", provider: "p", model: "m", content: [call] },
    toolResults: [{ role: "tool", callId, toolName: "look", content: "seen", isError: false }],
    toolCalls: [{ callId, outcome: "ok", startedAtMs: 1, durationMs: 2 }],
    usage,
    contextSize: 110,
    metrics: { startedAtMs: 1, timeToFirstTokenMs: 3, decodeMs: 4, totalMs: 9 },
  };
}
