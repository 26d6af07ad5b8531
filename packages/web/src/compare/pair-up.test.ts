import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divide, type Pair, pairUp, settledPairs } from "./pair-up.ts";

interface Item {
  readonly text: string;
}

// Few letters, so that much is alike.
const items: fc.Arbitrary<readonly Item[]> = fc.array(
  fc.constantFrom("a", "b", "c", "d", "e").map((text): Item => ({ text })),
  { maxLength: 20 },
);
const isAlike = (one: Item, other: Item): boolean => one.text === other.text;
const nameOf = ({ text }: Item): string => text;

function pairs(ones: string, others: string): readonly string[] {
  const found = pairUp([...ones], [...others], (one, other) => one === other);
  return found.map(({ one, other }) => `${one ?? "-"}${other ?? "-"}`);
}

function exchanged<Thing>({ one, other }: Pair<Thing>): Pair<Thing> {
  return { one: other, other: one } as Pair<Thing>;
}

describe("pairs", () => {
  test("what is compared with itself has no difference", () => {
    fc.assert(
      fc.property(items, (all) => {
        expect(pairUp(all, all, isAlike)).toEqual(all.map((item) => ({ one: item, other: item })));
      }),
    );
  });

  test("it does not matter which of the two is the first", () => {
    fc.assert(
      fc.property(items, items, (ones, others) => {
        expect(pairUp(others, ones, isAlike)).toEqual(pairUp(ones, others, isAlike).map(exchanged));
      }),
    );
  });

  test("each item is there once, in the order of its side, and no pair is empty", () => {
    fc.assert(
      fc.property(items, items, (ones, others) => {
        const found = pairUp(ones, others, isAlike);
        expect(found.flatMap(({ one }) => one ?? [])).toEqual(ones);
        expect(found.flatMap(({ other }) => other ?? [])).toEqual(others);
        expect(found.every(({ one, other }) => one !== null || other !== null)).toBe(true);
      }),
    );
  });

  test("what was only put in between stands alone, and what follows is together again", () => {
    expect(pairs("abc", "axyzbc")).toEqual(["aa", "-x", "-y", "-z", "bb", "cc"]);
    expect(pairs("abc", "bc")).toEqual(["a-", "bb", "cc"]);
  });

  test("what was said in other words stands beside each other", () => {
    expect(pairs("abc", "axc")).toEqual(["aa", "bx", "cc"]);
    expect(pairs("ab", "xyz")).toEqual(["ax", "by", "-z"]);
    expect(pairs("ab", "ba")).toEqual(["ab", "ba"]);
  });

  test("beyond what is known of a side nothing is shown", () => {
    const found = pairUp([..."abcd"], [..."ab"], (one, other) => one === other);
    expect(settledPairs(found, true, true)).toEqual(found);
    expect(settledPairs(found, false, true)).toEqual(found);
    expect(settledPairs(found, true, false)).toEqual(found.slice(0, 2));
    expect(settledPairs([], false, false)).toEqual([]);
  });

  test("of sides that are not whole, more is never less: what was shown only grows at its end or finds its place", () => {
    fc.assert(
      fc.property(items, fc.nat(20), (all, count) => {
        const known = settledPairs(pairUp(all.slice(0, count), all, isAlike), false, true);
        expect(known).toEqual(all.slice(0, count).map((item) => ({ one: item, other: item })));
      }),
    );
  });
});

describe("what one has and the other has not", () => {
  test("against itself nothing is left, and exchanged sides give the same, exchanged", () => {
    fc.assert(
      fc.property(items, items, (ones, others) => {
        expect(divide(ones, ones, nameOf)).toMatchObject({ onlyOne: [], onlyOther: [] });
        const [there, back] = [divide(ones, others, nameOf), divide(others, ones, nameOf)];
        expect([back.onlyOther.map(nameOf).sort(), back.onlyOne.map(nameOf).sort()]).toEqual([
          there.onlyOne.map(nameOf).sort(),
          there.onlyOther.map(nameOf).sort(),
        ]);
        expect(there.both.length + there.onlyOne.length).toBe(ones.length);
        expect(there.both.length + there.onlyOther.length).toBe(others.length);
        expect(there.both.every(({ one, other }) => isAlike(one, other))).toBe(true);
      }),
    );
  });

  test("what was done twice here and once there is left once, wherever it stands", () => {
    expect(divide([..."aba"], [..."ca"], (letter) => letter)).toEqual({
      both: [{ one: "a", other: "a" }],
      onlyOne: ["b", "a"],
      onlyOther: ["c"],
    });
  });
});
