import type { Changes, JsonValue } from "@lathe/kernel";
import { expect, test } from "vitest";
import { draft, message, openTestLog, wholeTurn } from "../testing/test-log.ts";

/** The bytes that a commit puts on disk, without what the engine adds to each row. */
function bytesOf(all: readonly Changes[]): number {
  const puts = all.flatMap(({ puts: some = [] }) => some);
  return puts.reduce((sum, { key, value }) => sum + lengthOf([...key]) + lengthOf(value), 0);
}

function lengthOf(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

async function openMeasured() {
  const { log, memory } = openTestLog();
  let bytes = 0;
  memory.guardCommits((all) => {
    bytes += bytesOf(all);
  });
  const { id } = await log.create(draft);
  const costOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = bytes;
    await work();
    return bytes - before;
  };
  return { log, id, costOf };
}

test("S8: the bytes stored for a turn are the same for the first, the hundredth and the thousandth", async () => {
  const { log, id, costOf } = await openMeasured();
  const costs: number[] = [];
  for (let turn = 1; turn <= 1_000; turn++) {
    const turnId = `trn_${String(turn).padStart(8, "0")}`;
    costs[turn] = await costOf(async () => {
      for (const event of wholeTurn(id, turnId, 4)) await log.append(id, [event]);
    });
  }
  const first = costs[1] ?? 0;
  // Positions are longer by three digits, and each entry, its key and the head hold one.
  for (const turn of [100, 1_000]) expect((costs[turn] ?? 0) - first).toBeLessThan(8 * 4 * 3);
  expect(costs[1_000]).toBeGreaterThanOrEqual(first);
});

test("S8: what is said is stored once", async () => {
  const { log, id, costOf } = await openMeasured();
  const short = await costOf(() => log.append(id, [message(id, "x")]));
  const long = await costOf(() => log.append(id, [message(id, "x".repeat(10_001))]));
  expect(long - short).toBe(10_000);
});

test("S8: a fork of a thousand turns costs as much as one of the first", async () => {
  const { log, id, costOf } = await openMeasured();
  for (let turn = 0; turn < 1_000; turn++) await log.append(id, wholeTurn(id, `trn_${turn}`, 1));
  const first = await costOf(() => log.fork(id, 5, draft));
  const last = await costOf(() => log.fork(id, 5_000, draft));
  expect(last - first).toBeLessThan(30);
});
