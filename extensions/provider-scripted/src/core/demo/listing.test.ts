import { expect, test } from "vitest";
import { largestOf, readListing } from "./listing.ts";

const file = (path: string, sizeBytes: number | null) => ({ path, kind: "file" as const, sizeBytes });
const folder = (path: string) => ({ path, kind: "folder" as const, sizeBytes: null });

test.each([
  ["a.txt\t120\nsrc/\nmy notes.md\t1,024", [file("a.txt", 120), folder("src"), file("my notes.md", 1_024)]],
  ["- a.txt (120 bytes)\n- src/", [file("a.txt", 120), folder("src")]],
  [
    "a.txt  120 B\nb.txt  1.5 KB\nc.bin  2 MiB",
    [file("a.txt", 120), file("b.txt", 1_536), file("c.bin", 2_097_152)],
  ],
  ["120 a.txt\n  7 b c.txt", [file("a.txt", 120), file("b c.txt", 7)]],
  ["a.txt\nb.txt", [file("a.txt", null), file("b.txt", null)]],
  ["2 entries in this folder:\n\na.txt\t3\n\n(100 more entries were left out)", [file("a.txt", 3)]],
  [
    '{"entries":[{"path":"a","kind":"file","sizeBytes":1},{"name":"s","kind":"folder"},7]}',
    [file("a", 1), folder("s")],
  ],
  ["", []],
  ["The folder is empty.", []],
])("%j", (text, entries) => {
  expect(readListing(text)).toEqual(entries);
});

test("columns may come in any order, and a name with a number at its end stays whole", () => {
  expect(readListing("report 2024\tfile\t7 bytes\nfolder\t-\tsrc\n12\ta b")).toEqual([
    file("report 2024", 7),
    folder("src"),
    file("a b", 12),
  ]);
});

test("a line of any length and shape is read in time that does not run away", () => {
  for (const line of ["\t", " ", "a ", "1 ", "/"].map((piece) => `x${piece.repeat(60_000)}y`))
    expect(readListing(line).length).toBeLessThan(2);
}, 5_000);

test("the largest is the first of the largest files, and never a folder or a file of unknown size", () => {
  expect(largestOf([folder("z"), file("a", 1), file("b", 3), file("c", 3), file("d", null)])).toEqual(
    file("b", 3),
  );
  expect(largestOf([folder("z"), file("d", null)])).toBeUndefined();
});
