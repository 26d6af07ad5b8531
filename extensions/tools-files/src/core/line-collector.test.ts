import fc from "fast-check";
import { expect, test } from "vitest";
import { LineCollector } from "./line-collector.ts";

const range = fc.record({
  firstLine: fc.integer({ min: 1, max: 6 }),
  lineCountMax: fc.integer({ min: 1, max: 6 }),
});

test("for any cut into chunks, the range is that of the lines of the whole", () => {
  const text = fc.array(fc.constantFrom("a", "bb", "\n", "\n\n", "ccc")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      text,
      range,
      fc.array(fc.integer({ min: 1, max: 4 })),
      (written, { firstLine, lineCountMax }, cuts) => {
        const lines = new LineCollector({ firstLine, lineCountMax, bytesMax: 1_000 });
        const bytes = Buffer.from(written);
        let start = 0;
        for (const length of [...cuts, bytes.length]) {
          if (!lines.add(bytes.subarray(start, start + length))) break;
          start += length;
        }
        const all = written.match(/[^\n]*\n|[^\n]+$/g) ?? [];
        const last = firstLine - 1 + lineCountMax;
        expect(Buffer.from(lines.bytes()).toString()).toBe(all.slice(firstLine - 1, last).join(""));
        expect(lines.stop).toBe(all.length > last ? "line-count" : undefined);
        if (lines.stop === undefined) expect(lines.lineCount).toBe(all.length);
      },
    ),
  );
});

const seen = (lines: LineCollector) => [Buffer.from(lines.bytes()).toString(), lines.stop, lines.stoppedLine];

test("stops before the line that does not fit, however it is cut into chunks", () => {
  for (const chunks of [["ab\ncdef\n"], ["ab", "\ncd", "ef\n"], ["ab\n", "c", "d", "e", "f"]]) {
    const lines = new LineCollector({ firstLine: 1, lineCountMax: 10, bytesMax: 5 });
    expect(chunks.every((chunk) => lines.add(Buffer.from(chunk)))).toBe(false);
    expect(seen(lines)).toEqual(["ab\n", "bytes", 2]);
  }
});

test("a line that does not fit even alone is kept as far as it goes", () => {
  const lines = new LineCollector({ firstLine: 2, lineCountMax: 10, bytesMax: 5 });
  expect(lines.add(Buffer.from("ab\ncd"))).toBe(true);
  expect(lines.add(Buffer.from("efghi\njk\n"))).toBe(false);
  expect(seen(lines)).toEqual(["cdefg", "long-line", 2]);
});
