import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { kindOf, kinds } from "./kinds.ts";
import { storedBytesFigure } from "./stored-bytes-figure.ts";

test("what a turn adds is told by what it is, and adds up", async () => {
  const figure = storedBytesFigure("stored bytes", { turns: [2, 4] });
  const { rounds, ratios } = await runRatioFigure(figure, 1, unpinned, () => {});
  const readings = rounds[0] ?? {};
  for (const turn of [2, 4]) {
    for (const kind of ["entries", "metrics", "run", "traces", "bodies"])
      expect(readings[`turn ${turn}, ${kind}`]).toBeGreaterThan(0);
    const sum = kinds.reduce((all, kind) => all + (readings[`turn ${turn}, ${kind}`] ?? 0), 0);
    expect(readings[`turn ${turn}, all`]).toBe(sum);
  }
  expect(ratios.map(({ name, goal }) => [name, goal])).toEqual([["turn 4 over turn 2", { atMost: 1.1 }]]);
}, 60_000);

test("rows are told apart by their extension and the first part of their keys", () => {
  expect(kindOf("conversation-store entry")).toBe("entries");
  expect(kindOf("trace-store p")).toBe("bodies");
  expect(kindOf("trace-store s")).toBe("traces");
  expect(kindOf("run-registry over")).toBe("run");
  expect(kindOf("agents partial")).toBe("other");
});
