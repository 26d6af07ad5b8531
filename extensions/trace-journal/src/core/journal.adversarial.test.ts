import { expect, test } from "vitest";
import { createJournalBench } from "../testing/journal-bench.ts";
import { logRecord } from "../testing/records.ts";

function droppedRecord(atMs: number, counts: Partial<Record<string, number>>) {
  const attributes = {
    droppedCount: 0,
    queueFullCount: 0,
    tooLargeCount: 0,
    notSerializableCount: 0,
    notWrittenCount: 0,
    ...counts,
  };
  return { ...logRecord("Records were dropped here.", "trace-journal"), atMs, level: "warn", attributes };
}

const startMs = Date.UTC(2026, 0, 1);

test("F17: a disk that hangs costs records beyond the queue, which are counted in the journal later", async () => {
  const bench = createJournalBench({ queueRecordCountMax: 10 });
  bench.answer = undefined;
  bench.journal.write(logRecord("first"));
  await bench.timers.advance(50);
  for (let index = 0; index < 25; index++) bench.journal.write(logRecord(String(index)));
  await bench.timers.advance(10_000);
  expect(bench.appends).toHaveLength(1);
  expect(bench.reports).toEqual([
    {
      level: "warn",
      message: expect.stringContaining("slower"),
      attributes: droppedRecord(0, { droppedCount: 15, queueFullCount: 15 }).attributes,
    },
  ]);
  bench.answer = "ok";
  bench.appends[0]?.finish();
  await bench.timers.advance(50);
  expect(bench.carried()).toEqual([
    logRecord("first"),
    droppedRecord(startMs + 10_100, { droppedCount: 15, queueFullCount: 15 }),
    ...Array.from({ length: 10 }, (_, index) => logRecord(String(index))),
  ]);
});

test("F17: a record of 10 MB is dropped and counted, the ones beside it are written", async () => {
  const bench = createJournalBench();
  bench.journal.write(logRecord("before"));
  bench.journal.write({ ...logRecord("huge"), attributes: { text: "x".repeat(10_000_000) } });
  bench.journal.write(logRecord("after"));
  await bench.timers.advance(50);
  expect(bench.carried()).toEqual([
    droppedRecord(startMs + 50, { droppedCount: 1, tooLargeCount: 1 }),
    logRecord("before"),
    logRecord("after"),
  ]);
});

test("F17: a huge record alone is counted in the journal as well", async () => {
  const bench = createJournalBench();
  bench.journal.write(logRecord("x".repeat(10_000_000)));
  await bench.timers.advance(50);
  expect(bench.carried()).toEqual([droppedRecord(startMs + 50, { droppedCount: 1, tooLargeCount: 1 })]);
});

test("F17: a record that cannot be serialized harms only itself", async () => {
  const bench = createJournalBench();
  const circular: Record<string, unknown> = {};
  circular.itself = circular;
  bench.journal.write({ ...logRecord("broken"), attributes: circular as never });
  bench.journal.write({ ...logRecord("big"), attributes: { count: 1n as never } });
  bench.journal.write(logRecord("whole"));
  await bench.timers.advance(50);
  expect(bench.carried()).toEqual([
    droppedRecord(startMs + 50, { droppedCount: 2, notSerializableCount: 2 }),
    logRecord("whole"),
  ]);
});

test("F17: a failing disk is tried again after a pause, reported once a minute, and counted when it is well", async () => {
  const bench = createJournalBench();
  bench.answer = "ENOSPC";
  for (let second = 0; second < 90; second++) {
    bench.journal.write(logRecord(`second ${second}`));
    await bench.timers.advance(1_000);
  }
  expect(bench.reports.map(({ level, message }) => [level, message.includes("ENOSPC")])).toEqual([
    ["warn", true],
    ["warn", true],
  ]);
  const attemptCount = bench.appends.length;
  expect(attemptCount).toBeGreaterThan(30);
  expect(attemptCount).toBeLessThanOrEqual(90);
  bench.answer = "ok";
  bench.journal.write(logRecord("well again"));
  await bench.timers.advance(2_000);
  const written = bench.appends.slice(attemptCount).map(({ lines }) => lines);
  const all = written.join("");
  const lost = Number(/"notWrittenCount":(\d+)/.exec(all)?.[1]);
  const kept = all.split("\n").filter((line) => line.includes('"second ')).length;
  expect(all).toContain("well again");
  expect(lost + kept).toBe(90);
});

test("F17: a dead disk and no records: nothing is tried, no timer waits", async () => {
  const bench = createJournalBench();
  bench.answer = "EIO";
  bench.journal.write(logRecord("lost"));
  await bench.timers.advance(120_000);
  expect([bench.appends.length, bench.reports.length, bench.timers.waitingCount()]).toEqual([1, 1, 0]);
});

test("a report names the system's code, and neither a path nor what was written", async () => {
  const bench = createJournalBench();
  bench.answer = undefined;
  bench.journal.write(logRecord("private words"));
  await bench.timers.advance(50);
  bench.appends[0]?.fail("EACCES");
  await bench.timers.advance(1);
  expect(bench.reports).toHaveLength(1);
  expect(bench.reports[0]?.message).toContain("EACCES");
  expect(JSON.stringify(bench.reports)).not.toMatch(/private|The disk says no/);
});

test("close gives a hanging disk up after its time", async () => {
  const bench = createJournalBench();
  bench.answer = undefined;
  bench.journal.write(logRecord("stuck"));
  await bench.timers.advance(50);
  let closed = false;
  const closing = bench.journal.close().then(() => {
    closed = true;
  });
  await bench.timers.advance(1_999);
  expect(closed).toBe(false);
  await bench.timers.advance(1);
  await closing;
  expect(bench.timers.waitingCount()).toBe(0);
});

test("close on a failing disk tries once and is done", async () => {
  const bench = createJournalBench({ batchBytes: 1_000 });
  bench.answer = "EIO";
  for (let index = 0; index < 20; index++) bench.journal.write(logRecord(String(index)));
  await bench.journal.close();
  expect([bench.appends.length, bench.closeCount(), bench.timers.waitingCount()]).toEqual([1, 1, 0]);
});
