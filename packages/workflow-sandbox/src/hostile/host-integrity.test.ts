import { expect, test } from "vitest";
import type { ScriptTrace } from "../testing.ts";
import { findOddities, watchBuiltIns } from "./host-integrity.ts";

const usage = { cpuMs: 0, memoryPeakBytes: 0 };
const trace: ScriptTrace = {
  ending: { kind: "returned", value: { a: [1, "b", null, true] }, usage },
  calls: [{ kind: "agent", index: 0, prompt: "p", options: {}, phase: null, budgets: [] }],
  phases: ["one"],
  logs: [{ level: "info", text: "t" }],
  waitingCount: 0,
};

test("plain data has no oddities", () => {
  expect(findOddities(trace, "secret")).toEqual([]);
});

test("calls out of order, prototypes, odd numbers and what only the host knows are found", () => {
  const [call] = trace.calls;
  const odd = { ...trace, calls: [{ ...call, index: 3 }, Object.create({ index: 1 })] } as ScriptTrace;
  const ending = { kind: "returned" as const, value: Number.POSITIVE_INFINITY, usage };
  const logs = [{ level: "info" as const, text: "a secret" }];
  expect(findOddities({ ...odd, ending, logs }, "secret")).toEqual([
    "call 0 has the number 3",
    "an object has a prototype of its own",
    "the environment of the host is known",
    "Infinity is no number of JSON",
  ]);
});

test("a built-in that was changed, added or taken away is found, and nothing else", () => {
  const changes = watchBuiltIns();
  expect(changes()).toEqual([]);
  const { at } = Array.prototype;
  Object.assign(Object.prototype, { polluted: 1 });
  Object.assign(Array.prototype, { at: () => 1 });
  try {
    expect(changes()).toHaveLength(2);
  } finally {
    Reflect.deleteProperty(Object.prototype, "polluted");
    Object.assign(Array.prototype, { at });
  }
  expect(changes()).toEqual([]);
});
