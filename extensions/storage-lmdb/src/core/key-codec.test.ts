import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeKey, encodeKey, encodePrefix, endOfPrefix, following } from "./key-codec.ts";

const namespace = Buffer.from("\x02n\0");

const part = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.string({ unit: "binary", maxLength: 80 }).filter((text) => text.isWellFormed()),
  fc.string({ unit: fc.constantFrom("\0", "\x01", "\x04", "\xFF", "a", "\uFFFF", "😀"), maxLength: 80 }),
);
const key = fc.array(part, { minLength: 1, maxLength: 5 });

test("every key is read back as it was, but for -0, which is 0", () => {
  fc.assert(
    fc.property(key, (parts) => {
      const expected = parts.map((value) => (value === 0 ? 0 : value));
      expect(decodeKey(namespace, encodeKey(namespace, parts))).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

test("the order of the bytes is the order of the tuples", () => {
  fc.assert(
    fc.property(key, key, (left, right) => {
      const order = Buffer.compare(encodeKey(namespace, left), encodeKey(namespace, right));
      expect(order).toBe(compareTuples(left, right));
    }),
    { numRuns: 5_000 },
  );
});

test("what begins with a key, and nothing else, lies between it and the end of its prefix", () => {
  fc.assert(
    fc.property(key, key, fc.boolean(), (prefix, other, extend) => {
      const candidate = extend ? [...prefix, ...other] : other;
      const bytes = encodeKey(namespace, candidate);
      const start = following(encodePrefix(namespace, prefix));
      const end = endOfPrefix(encodePrefix(namespace, prefix));
      const between = Buffer.compare(bytes, start) >= 0 && Buffer.compare(bytes, end) < 0;
      const begins =
        candidate.length > prefix.length && compareTuples(candidate.slice(0, prefix.length), prefix) === 0;
      expect(between).toBe(begins);
    }),
    { numRuns: 5_000 },
  );
});

function compareTuples(left: readonly (string | number)[], right: readonly (string | number)[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [one, two] = [left[index], right[index]];
    if (typeof one !== typeof two) return typeof one === "number" ? -1 : 1;
    const order =
      typeof one === "string"
        ? Buffer.compare(Buffer.from(one), Buffer.from(two as string))
        : Math.sign(Number(one) - Number(two));
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
}
