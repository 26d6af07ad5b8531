import fc from "fast-check";
import { expect, test } from "vitest";
import { VersionLedger } from "./version-ledger.ts";

test("no version that was written comes again, wherever the process is killed", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 5 })), (starts) => {
      let durableMark = 0;
      let durableLast = 0;
      for (const groups of starts) {
        const ledger = new VersionLedger(durableMark);
        for (const size of groups) {
          let last = 0;
          for (let count = 0; count < Math.min(size, 50); count++) last = ledger.take();
          for (let count = 50; count < size; count += 100_000) last = ledger.take();
          expect(last).toBeGreaterThan(durableLast);
          durableMark = ledger.reserve() ?? durableMark;
          durableLast = last;
          expect(durableMark).toBeGreaterThanOrEqual(durableLast);
        }
      }
    }),
  );
});

test("a mark is written once for very many versions", () => {
  const ledger = new VersionLedger(7);
  const marks = Array.from({ length: 1_000 }, () => {
    ledger.take();
    return ledger.reserve();
  });
  expect(marks.filter((mark) => mark !== undefined)).toEqual([8 + 2 ** 20]);
});
