import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameCounter, textsIn } from "./frame-counter.ts";

function frame(text: string, opcode = 1): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.of(0x80 | opcode, length), payload]);
  if (length < 65_536)
    return Buffer.concat([Buffer.of(0x80 | opcode, 126, length >> 8, length & 255), payload]);
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

test("counts the text frames, however their bytes are cut", () => {
  const lengths = fc.array(fc.constantFrom(0, 1, 125, 126, 300, 65_535, 65_536, 70_000), { maxLength: 6 });
  fc.assert(
    fc.property(lengths, fc.array(fc.nat(), { maxLength: 20 }), (sizes, cuts) => {
      const bytes = Buffer.concat([
        ...sizes.map((size) => frame("x".repeat(size))),
        frame("", 9),
        frame("the end"),
      ]);
      const places = cuts.map((cut) => cut % bytes.length).sort((left, right) => left - right);
      const counter = new FrameCounter();
      let from = 0;
      for (const to of [...places, bytes.length]) {
        counter.push(bytes.subarray(from, to));
        from = to;
      }
      expect(counter.textCount).toBe(sizes.length + 1);
    }),
  );
});

test("what was read before a new beginning does not count, and the frame under way stays known", () => {
  const counter = new FrameCounter();
  const bytes = frame("the end, which comes in two pieces");
  counter.push(bytes.subarray(0, 20));
  counter.reset();
  counter.push(bytes.subarray(20));
  counter.push(frame("next"));
  expect(counter.textCount).toBe(1);
});

test("texts are read back from their frames, and nothing else is", () => {
  const long = "long ".repeat(20_000);
  const bytes = Buffer.concat([frame("first"), frame("", 9), frame("héllo".repeat(40)), frame(long)]);
  expect(textsIn(bytes)).toEqual(["first", "héllo".repeat(40), long]);
});
