import {
  openMemoryStorage,
  stepComplete,
  turnDone,
  turnSealed,
  turnStart,
  userMessage,
} from "@lathe/extension-kit/testing";
import { type DurableEvent, noUsage, type Snapshot } from "@lathe/kernel";
import { expect, test } from "vitest";
import { SnapshotShelf } from "./snapshot-shelf.ts";

const conversationId = "cnv_1";
const usage = { ...noUsage, inputTokens: 12_000, outputTokens: 300 };

function openMeasured() {
  const memory = openMemoryStorage();
  const storage = memory.namespace("snapshot-store");
  const shelf = new SnapshotShelf(storage);
  let bytes = 0;
  memory.guardCommits((all) => {
    for (const { puts = [] } of all)
      for (const { key, value } of puts) bytes += Buffer.byteLength(JSON.stringify([key, value]));
  });
  /** The bytes of a turn of four steps that begins at the position. */
  const costOfTurn = async (startSeq: number, said: string): Promise<number> => {
    const before = bytes;
    const place = { conversationId, turnId: `trn_${String(startSeq).padStart(8, "0")}` };
    let seq = startSeq - 1;
    const put = async (events: readonly DurableEvent[], state: Snapshot["state"]): Promise<void> => {
      seq += events.length;
      await storage.commit({}, shelf.prepare(snapshotAt(place.turnId, startSeq, seq, state), events));
    };
    await put([userMessage(place, said), turnStart(place)], "in_progress");
    for (let index = 0; index < 4; index++) {
      const content = [{ type: "text", text: said }] as const;
      const message = { role: "assistant", provider: "p", model: "m", content } as const;
      await put([stepComplete(place, index, { usage, message })], "in_progress");
    }
    await put([turnDone(place), turnSealed(place)], "idle");
    return bytes - before;
  };
  return { costOfTurn };
}

function snapshotAt(turnId: string, startSeq: number, seq: number, state: Snapshot["state"]): Snapshot {
  const turn = {
    turnId,
    runId: "run_1",
    agent: "default",
    model: "p/m",
    startSeq,
    startedAtMs: 1_000,
    stepCount: 4,
    toolCallCount: 0,
    usage,
    contextSize: 12_300,
    resumeCount: 0,
    retry: null,
  };
  return { conversationId, state, seq, turn, pending: null };
}

test("S2, S8: snapshots and metrics of a turn are as large for the thousandth as for the first", async () => {
  const { costOfTurn } = openMeasured();
  const costs: number[] = [];
  for (let turn = 1; turn <= 1_000; turn++) costs[turn] = await costOfTurn(8 * (turn - 1) + 1, "Hello.");
  const first = costs[1] ?? 0;
  expect(first).toBeGreaterThan(500);
  // Positions are longer by three digits: each snapshot holds two, each other row has one in its key.
  for (const turn of [100, 1_000]) expect((costs[turn] ?? 0) - first).toBeLessThan(3 * 2 * 12);
});

test("S2: they do not grow with what is said", async () => {
  const { costOfTurn } = openMeasured();
  const short = await costOfTurn(1, "x".repeat(1_000));
  expect(await costOfTurn(1, "x".repeat(1_000_000))).toBe(short);
});
