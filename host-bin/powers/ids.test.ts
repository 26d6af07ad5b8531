import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "./ids.ts";

const idShape = /^run_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/;

test("F14: ids of one process are unique and sort in the order of their making, whatever the clock does", () => {
  const dayMs = 86_400_000;
  const reading = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: -dayMs, max: dayMs }));
  const clocks = fc.array(reading, { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(clocks, fc.integer({ min: 1, max: 300 }), (readings, countPerReading) => {
      let nowMs = 0;
      const ids = createIds(() => nowMs);
      const made: string[] = [];
      for (const reading of readings) {
        nowMs = 1_700_000_000_000 + reading;
        for (let count = 0; count < countPerReading; count += 1) made.push(ids.newId("run"));
      }
      expect(made.every((id) => idShape.test(id))).toBe(true);
      expect(new Set(made).size).toBe(made.length);
      expect(made).toEqual([...made].sort());
    }),
    { numRuns: 30 },
  );
});

test("more ids than fit into one millisecond still sort, while the clock stands still", () => {
  const ids = createIds(() => 1_700_000_000_000);
  const made = Array.from({ length: 20_000 }, () => ids.newId("run"));
  expect(new Set(made).size).toBe(made.length);
  expect(made).toEqual([...made].sort());
});

test("an id begins with its prefix and the time of its making", () => {
  const id = createIds(() => 0x0199_1234_5678).newId("cnv");
  expect(id.startsWith("cnv_0199123456787")).toBe(true);
});

test("two processes that begin at the same moment do not make the same ids", () => {
  const left = createIds(() => 1_700_000_000_000);
  const right = createIds(() => 1_700_000_000_000);
  const made = Array.from({ length: 1_000 }, () => [left.newId("run"), right.newId("run")]).flat();
  expect(new Set(made).size).toBe(2_000);
});
