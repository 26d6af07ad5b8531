import fc from "fast-check";
import { expect, test } from "vitest";
import { PrefixBody } from "./prefix-body.ts";

const text = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

test("a body is the head, the items with commas between them, and the tail", () => {
  const body = new PrefixBody('{"messages":[');
  expect(text(body.bytes("]}"))).toBe('{"messages":[]}');
  body.append('{"role":"user"}');
  body.append('"é😀"');
  expect(text(body.bytes('],"n":1}'))).toBe('{"messages":[{"role":"user"},"é😀"],"n":1}');
  expect(body.itemCount).toBe(2);
});

test("the text of each item is kept where somebody wants it, as it lies in the body", () => {
  const pieces: string[] = [];
  const body = new PrefixBody("[", pieces);
  body.append("1");
  body.append('"é"');
  expect(pieces).toEqual(["1", ',"é"']);
  expect(text(body.bytes("]"))).toBe(`[${pieces.join("")}]`);
});

test("a head and an item larger than the first buffer fit", () => {
  const body = new PrefixBody(`{"system":"${"s".repeat(40_000)}","messages":[`);
  body.append(JSON.stringify("ä".repeat(100_000)));
  const parsed = JSON.parse(text(body.bytes("]}"))) as { messages: string[] };
  expect(parsed.messages[0]?.length).toBe(100_000);
});

test("a given back body shares its memory with the next one", () => {
  const body = new PrefixBody("[");
  body.append("1");
  const first = body.bytes("]");
  body.giveBack(first);
  body.append("2");
  expect(body.bytes("]").buffer).toBe(first.buffer);
});

test("P1: whatever is appended, a body that was not given back keeps its bytes", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("append" as const), item: fc.jsonValue() }),
    fc.record({ kind: fc.constant("bytes" as const), tail: fc.string({ unit: "binary" }) }),
    fc.record({ kind: fc.constant("give-back" as const), index: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const body = new PrefixBody('{"items":[');
      const items: string[] = [];
      const lent: { bytes: Uint8Array; expected: string }[] = [];
      for (const one of steps) {
        if (one.kind === "append") {
          items.push(JSON.stringify(one.item));
          body.append(JSON.stringify(one.item));
        } else if (one.kind === "bytes") {
          const tail = `],"tail":${JSON.stringify(one.tail)}}`;
          lent.push({ bytes: body.bytes(tail), expected: `{"items":[${items.join(",")}${tail}` });
        } else {
          const [returned] = lent.splice(one.index, 1);
          if (returned !== undefined) body.giveBack(returned.bytes);
        }
        for (const { bytes, expected } of lent) expect(text(bytes)).toBe(expected);
      }
    }),
    { numRuns: 200 },
  );
});
