import { expect, test } from "vitest";
import { RandomNumbers } from "../random-numbers.ts";
import { DiskModel } from "./disk-model.ts";
import type { JournalRecord } from "./journal.ts";

const page = (letter: string): Buffer => Buffer.alloc(4_096, letter);
const write = (offset: number, bytes: Buffer, isFlushed = false): JournalRecord => ({
  kind: "write",
  offset,
  bytes,
  isFlushed,
});

function images(records: readonly JournalRecord[]): Buffer[] {
  const disk = new DiskModel();
  for (const record of records) disk.apply(record);
  const random = new RandomNumbers(1);
  return Array.from({ length: 200 }, () => disk.image(random));
}

/** What all images have at one byte. */
const lettersAt = (all: readonly Buffer[], at: number): string =>
  [...new Set(all.map((image) => (at < image.length ? String.fromCharCode(image[at] as number) : "-")))]
    .sort()
    .join("");

test("what was flushed is in every image, and what was written since is in some", () => {
  const all = images([
    write(0, page("a")),
    write(4_096, page("b")),
    { kind: "flush" },
    { kind: "flush-returned" },
    write(4_096, page("c")),
    write(8_192, page("d")),
  ]);
  expect(lettersAt(all, 10)).toBe("a");
  expect(lettersAt(all, 5_000)).toBe("bc");
  expect(lettersAt(all, 9_000)).toBe("\0-d");
});

test("a flush covers what was written before it began, and nothing before it has returned", () => {
  const before = [write(0, page("a")), { kind: "flush" } as const];
  expect(lettersAt(images(before), 10)).toBe("-a\0".split("").sort().join(""));
  const all = images([...before, write(0, page("b")), { kind: "flush-returned" }]);
  expect(lettersAt(all, 10)).toBe("ab");
});

test("a write that is flushed with its return is in flight until then", () => {
  const begun = [
    write(0, page("a")),
    { kind: "flush" } as const,
    { kind: "flush-returned" } as const,
    write(0, Buffer.alloc(100, "z"), true),
  ];
  expect(lettersAt(images(begun), 10)).toBe("az");
  expect(lettersAt(images([...begun, { kind: "write-returned" }]), 10)).toBe("z");
});

test("a page may be torn between its sectors, and only there", () => {
  const all = images([write(0, page("a")), write(0, page("b"))]);
  const sectors = all.flatMap((image) => {
    const parts = Array.from({ length: image.length / 512 }, (_, at) =>
      image.subarray(at * 512, (at + 1) * 512),
    );
    return parts.map((part) => new Set(part).size);
  });
  expect(new Set(sectors)).toEqual(new Set([1]));
  expect(all.some((image) => new Set(image).size > 1)).toBe(true);
});
