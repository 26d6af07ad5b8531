import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameReader, frameOf } from "./frames.ts";

test("Messages come out as they went in, however their bytes are cut", () => {
  const cuts = fc.array(fc.nat({ max: 9 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), cuts, (values, sizes) => {
      const messages = JSON.parse(JSON.stringify(values)) as unknown[];
      const bytes = Buffer.concat(messages.map(frameOf));
      const reader = new FrameReader(1_000_000);
      const read: unknown[] = [];
      for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
        const end = start + 1 + (sizes[turn % sizes.length] as number);
        read.push(...reader.push(bytes.subarray(start, end)));
        start = end;
      }
      expect(read).toEqual(messages);
    }),
  );
});

test("A message that says it is longer than may be is refused before it arrives", () => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(1_001);
  expect(() => new FrameReader(1_000).push(head)).toThrow("A message of 1001 bytes is more than 1000");
});
