import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameReader, toFrame } from "./frames.ts";

function readAll(reader: FrameReader, chunks: readonly Buffer[]): unknown[] {
  const bodies = chunks.flatMap((chunk) => [...reader.read(chunk)]);
  return bodies.map((body) => (body === "too-large" ? body : JSON.parse(body.toString("utf8"))));
}

test("messages come out as they went in, however the stream is cut", () => {
  const message = fc.record({ text: fc.string({ unit: "grapheme" }), count: fc.integer() });
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat(200)), (messages, cuts) => {
      let rest = Buffer.concat(messages.map(toFrame));
      const chunks: Buffer[] = [];
      for (const bytes of cuts) {
        chunks.push(rest.subarray(0, bytes));
        rest = rest.subarray(bytes);
      }
      expect(readAll(new FrameReader(10_000), [...chunks, rest])).toEqual(messages);
    }),
  );
});

test("a header that announces more than may be ends the reading before the rest has come (F9s)", () => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(0xffff_ffff);
  const fine = toFrame({ fine: true });
  expect(readAll(new FrameReader(100), [fine, header, fine])).toEqual([{ fine: true }, "too-large"]);
});
