import type { SpanRecord } from "@lathe/kernel";
import { expect, test } from "vitest";
import { createJournalBench, recordsOf } from "../testing/journal-bench.ts";
import { logRecord } from "../testing/records.ts";

const twenty = Array.from({ length: 20 }, (_, index) => logRecord(`record ${index}`));

test("records wait for the flush and go out together, in their order", async () => {
  const { journal, timers, appends, carried } = createJournalBench();
  for (const record of twenty) journal.write(record);
  await timers.advance(49);
  expect(appends).toHaveLength(0);
  await timers.advance(1);
  expect(appends).toHaveLength(1);
  expect(carried()).toEqual(twenty);
  expect(timers.waitingCount()).toBe(0);
});

test("spans are left out where only log lines are wanted, and are not counted as lost", async () => {
  const ids = { traceId: "t", spanId: "s", parentSpanId: null, name: "turn", attributes: {} };
  const open: SpanRecord = { kind: "open", source: "agents", atMs: 1, ...ids };
  const { journal, timers, carried, appends } = createJournalBench({ queueRecordCountMax: 1 });
  for (let index = 0; index < 5; index++) journal.write(open);
  await timers.advance(50);
  expect(appends).toEqual([]);
  journal.write(logRecord("said"));
  await timers.advance(50);
  expect(carried()).toEqual([logRecord("said")]);
});

test("a full batch does not wait, but is not written on the path of the caller either", async () => {
  const { journal, timers, appends } = createJournalBench({ batchBytes: 1_000 });
  for (const record of twenty) journal.write(record);
  expect(appends).toHaveLength(0);
  await timers.advance(0);
  expect(appends.flatMap(({ lines }) => recordsOf(lines))).toEqual(twenty);
});

test("one append is under way at a time, and what comes meanwhile follows it", async () => {
  const bench = createJournalBench({ batchBytes: 1_000 });
  bench.answer = undefined;
  for (const record of twenty) bench.journal.write(record);
  await bench.timers.advance(1_000);
  expect(bench.appends).toHaveLength(1);
  bench.answer = "ok";
  bench.appends[0]?.finish();
  await bench.timers.advance(50);
  expect(bench.carried()).toEqual(twenty);
});

test("a flush appends what was written, without waiting for its time", async () => {
  const { journal, timers, carried } = createJournalBench({ batchBytes: 1_000 });
  for (const record of twenty) journal.write(record);
  await journal.flush();
  expect(carried()).toEqual(twenty);
  await timers.advance(1_000);
  expect(carried()).toEqual(twenty);
});

test("close writes what is queued, then closes the files, and takes no more", async () => {
  const { journal, carried, closeCount, timers } = createJournalBench({ batchBytes: 1_000 });
  for (const record of twenty) journal.write(record);
  await journal.close();
  await journal.close();
  journal.write(logRecord("late"));
  await timers.advance(10_000);
  expect(carried()).toEqual(twenty);
  expect([closeCount(), timers.waitingCount()]).toEqual([1, 0]);
});

test("close waits for the append that is under way, and keeps the order", async () => {
  const bench = createJournalBench({ batchBytes: 1_000 });
  bench.answer = undefined;
  for (const record of twenty) bench.journal.write(record);
  await bench.timers.advance(50);
  const closed = bench.journal.close();
  bench.answer = "ok";
  bench.appends[0]?.finish();
  await closed;
  expect(bench.carried()).toEqual(twenty);
});

test("what the journal itself says is left out of it", async () => {
  const { journal, timers, appends } = createJournalBench();
  journal.write(logRecord("I could not be written", "trace-journal"));
  await timers.advance(1_000);
  expect([appends.length, timers.waitingCount()]).toEqual([0, 0]);
});
