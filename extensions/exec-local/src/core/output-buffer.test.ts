import fc from "fast-check";
import { expect, test } from "vitest";
import { OutputBuffer } from "./output-buffer.ts";

test("keeps what comes within the limit and counts the rest", () => {
  const heard: string[] = [];
  const buffer = new OutputBuffer(5, (text) => heard.push(text));
  for (const chunk of ["abc", "defg", "hi"]) buffer.add(Buffer.from(chunk));
  expect({ ...buffer.close(), heard }).toEqual({ output: "abcde", droppedBytes: 4, heard: ["abc", "de"] });
});

test("for any cut into chunks and any limit, the text is a beginning of what was written", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(text, fc.nat(40), fc.array(fc.integer({ min: 1, max: 5 })), (written, bytesMax, cuts) => {
      const bytes = Buffer.from(written);
      const buffer = new OutputBuffer(bytesMax);
      let start = 0;
      for (const length of [...cuts, bytes.length]) {
        buffer.add(bytes.subarray(start, start + length));
        start += length;
      }
      const { output, droppedBytes } = buffer.close();
      expect(written.startsWith(output)).toBe(true);
      expect(droppedBytes).toBe(Math.max(0, bytes.length - bytesMax));
      // At most the three first bytes of a character that the limit cut are missing.
      expect(Math.min(bytes.length, bytesMax) - Buffer.byteLength(output)).toBeLessThan(4);
    }),
  );
});

test("an output that itself ends in the middle of a character shows the damage", () => {
  const buffer = new OutputBuffer(10);
  buffer.add(Buffer.of(0x61, 0xc3));
  expect(buffer.close().output).toBe("a\ufffd");
});

test("what comes after the end is ignored", () => {
  const buffer = new OutputBuffer(10);
  buffer.close();
  buffer.add(Buffer.from("late"));
  expect(buffer.close()).toEqual({ output: "", droppedBytes: 0 });
});

test("a listener that throws is left out from then on", () => {
  let callCount = 0;
  const buffer = new OutputBuffer(10, () => {
    callCount++;
    throw new Error("broken");
  });
  buffer.add(Buffer.from("a"));
  buffer.add(Buffer.from("b"));
  expect({ callCount, ...buffer.close() }).toEqual({ callCount: 1, output: "ab", droppedBytes: 0 });
});
