import type { Entry } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { entry as sealed, seqsOf, upTo } from "../testing/collect.ts";
import { type ReadEntries, readBack } from "./turn-pages.ts";

/** A log whose turns have so many entries, one after the other. */
function logOf(...sizes: readonly number[]): { readonly read: ReadEntries; readonly asked: number[] } {
  const asked: number[] = [];
  const entries = sizes.flatMap((size) => upTo(size).map((at) => at === 1)).map(asEntry);
  const read: ReadEntries = async (sinceSeq, limit) => {
    asked.push(limit);
    return entries.slice(sinceSeq, sinceSeq + limit);
  };
  return { read, asked };
}

function asEntry(isFirst: boolean, at: number): Entry {
  const { conversationId, turnId, seq, atMs } = sealed(at + 1);
  const first = { type: "user-message", conversationId, turnId, seq, atMs, content: [] } as const;
  return isFirst ? first : sealed(seq);
}

test("a page begins where a turn does, before what was asked for rather than behind it", async () => {
  const { read, asked } = logOf(5, 5, 5, 5);
  expect(seqsOf(await readBack(20, 10, read))).toEqual(upTo(20).slice(10));
  expect(asked).toEqual([10]);
  expect(seqsOf(await readBack(20, 7, read))).toEqual(upTo(20).slice(10));
  expect(seqsOf(await readBack(10, 1, read))).toEqual([6, 7, 8, 9, 10]);
  expect(seqsOf(await readBack(10, 500, read))).toEqual(upTo(10));
  expect(await readBack(0, 10, read)).toEqual([]);
});

test("a turn of hundreds of entries is read up to its first, in bounded pages", async () => {
  const { read, asked } = logOf(30, 900, 10);
  expect(seqsOf(await readBack(935, 100, read))).toEqual(upTo(935).slice(30));
  expect(asked).toEqual([100, 32, 64, 128, 256, 355]);
});

test("a turn that is longer is cut, and left out where another begins behind it", async () => {
  const alone = logOf(30, 5_000);
  expect(seqsOf(await readBack(5_000, 100, alone.read))).toEqual(upTo(5_000).slice(5_000 - 1_092));
  const followed = logOf(5_000, 10, 10);
  expect(seqsOf(await readBack(5_020, 100, followed.read))).toEqual(upTo(5_020).slice(5_000));
});

test("many entries are read in several questions", async () => {
  const { read, asked } = logOf(...upTo(300).map(() => 4));
  expect(seqsOf(await readBack(1_200, 1_200, read))).toEqual(upTo(1_200));
  expect(asked).toEqual([500, 500, 200]);
});

test("a log that is shorter than was said, or is not the one that it was, is no page", async () => {
  const { read } = logOf(5, 5);
  await expect(readBack(12, 4, read)).rejects.toMatchObject({ name: "ConnectionError", code: "dropped" });
  await expect(readBack(9, 4, async () => [sealed(2)])).rejects.toMatchObject({ code: "dropped" });
});

test("page after page, everything is read once and in order, whatever the turns and the size of a page", async () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_500 })), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 700 }), async (turns, count) => {
      const { read, asked } = logOf(...turns);
      const lastSeq = turns.reduce((sum, size) => sum + size, 0);
      let entries: readonly Entry[] = [];
      for (let before = lastSeq + 1; before > 1; before = entries[0]?.seq ?? 1)
        entries = [...(await readBack(before - 1, count, read)), ...entries];
      expect(seqsOf(entries)).toEqual(upTo(lastSeq));
      expect(Math.max(...asked)).toBeLessThanOrEqual(500);
    }),
    { numRuns: 100 },
  );
});
