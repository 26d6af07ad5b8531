import { expect, test } from "vitest";
import { logRecord } from "../testing/records.ts";
import { RecordQueue } from "./record-queue.ts";

const roomy = { batchBytes: 1_000, queueRecordCountMax: 100, queueBytesMax: 100_000, recordBytesMax: 10_000 };

test("batches come out in the order in which records went in, the open one last", () => {
  const queue = new RecordQueue(roomy);
  const records = Array.from({ length: 9 }, (_, index) => logRecord(String(index)));
  for (const record of records) expect(queue.push(record)).toBe("queued");
  expect(queue.hasFullBatch).toBe(true);
  const batches = [queue.take(), queue.take(), queue.take()];
  expect(batches.map((batch) => batch.length)).toEqual([4, 4, 1]);
  expect(batches.flat()).toEqual(records);
  expect([queue.recordCount, queue.hasFullBatch, queue.take()]).toEqual([0, false, []]);
});

test("a queue that holds its most records or bytes takes no more until some were taken out", () => {
  const byCount = new RecordQueue({ ...roomy, queueRecordCountMax: 2 });
  const answers = ["a", "b", "c"].map((text) => byCount.push(logRecord(text)));
  expect(answers).toEqual(["queued", "queued", "queueFull"]);
  byCount.take();
  expect(byCount.push(logRecord("d"))).toBe("queued");

  const byBytes = new RecordQueue({ ...roomy, queueBytesMax: 12_000 });
  const long = logRecord("x".repeat(7_000));
  expect([byBytes.push(long), byBytes.push(long), byBytes.push(logRecord("y"))]).toEqual([
    "queued",
    "queueFull",
    "queued",
  ]);
});

test("a record that is too large by its message or an attribute is not kept", () => {
  const queue = new RecordQueue(roomy);
  expect(queue.push(logRecord("x".repeat(10_000)))).toBe("tooLarge");
  expect(queue.push({ ...logRecord("x"), attributes: { text: "x".repeat(10_000) } })).toBe("tooLarge");
  expect(queue.recordCount).toBe(0);
});
