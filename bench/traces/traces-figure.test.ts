import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { tracesFigure } from "./traces-figure.ts";
import { recordCountOfTurn, spanCountOfTurn, turnRecords } from "./turn-records.ts";

test("a turn opens each of its spans once and closes it, inside of the one that it belongs to", () => {
  const records = turnRecords(3);
  expect(records.length).toBe(recordCountOfTurn);
  const open: string[] = [];
  for (const record of records) {
    if (record.kind === "open") {
      expect(record.parentSpanId).toBe(open.at(-1) ?? null);
      open.push(record.spanId);
    } else if (record.kind === "close") expect(open.pop()).toBe(record.spanId);
  }
  expect(open).toEqual([]);
  const ids = new Set([0, 1, 2].flatMap(turnRecords).map((record) => record.spanId));
  expect(ids.size).toBe(3 * spanCountOfTurn);
});

test("the same records are kept by the trace store, by the store alone and by LMDB alone", async () => {
  const { quantities, ratios } = await runRatioFigure(
    tracesFigure("traces", { turnCount: 120 }),
    1,
    unpinned,
    () => {},
  );
  for (const { value } of quantities) expect(value?.min).toBeGreaterThan(0);
  expect(ratios.map(({ goal }) => goal)).toEqual([{ atLeast: 0.6 }, { atLeast: 0.6 }, undefined]);
}, 60_000);
