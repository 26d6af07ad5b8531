import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpanRecord } from "@lathe/kernel";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lineOf } from "../core/record-lines.ts";
import { logRecord } from "../testing/records.ts";
import { JournalFiles } from "./journal-files.ts";
import { readJournal } from "./read-journal.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lathe-journal-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(): Promise<SpanRecord[]> {
  return Array.fromAsync(readJournal(folder));
}

test("a folder that does not exist, or is empty, holds no records", async () => {
  expect(await read()).toEqual([]);
  await rm(folder, { recursive: true });
  expect(await read()).toEqual([]);
});

test("cut at any byte, a journal gives the records before the cut, whole and in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: "binary" }).map((text) => logRecord(text)),
        { minLength: 1, maxLength: 4 },
      ),
      fc.nat(),
      async (records, seed) => {
        const lines = records.map((record) => Buffer.from(lineOf(record, Number.POSITIVE_INFINITY)));
        const bytes = Buffer.concat(lines);
        const cut = seed % (bytes.length + 1);
        await writeFile(join(folder, "journal-00000001.ndjson"), bytes.subarray(0, cut));
        let wholeCount = 0;
        let end = 0;
        for (const line of lines) {
          end += line.length;
          // A record is whole without its line feed, too.
          if (end - 1 <= cut) wholeCount++;
        }
        expect(await read()).toEqual(records.slice(0, wholeCount));
      },
    ),
    { numRuns: 60 },
  );
});

test("records longer than what is read at once come back whole", async () => {
  const files = new JournalFiles(folder, { fileBytesMax: 1_000_000, fileCountMax: 4 });
  const records = ["ä".repeat(100_000), "short", "€".repeat(65_536)].map((text) => logRecord(text));
  for (const record of records) await files.append(lineOf(record, Number.POSITIVE_INFINITY));
  await files.close();
  expect(await read()).toEqual(records);
});

test("a reader goes on while the files behind and before it are turned", async () => {
  const files = new JournalFiles(folder, { fileBytesMax: 400, fileCountMax: 3 });
  const append = (index: number) => files.append(lineOf(logRecord(String(index)), 1_000));
  for (let index = 0; index < 12; index++) await append(index);
  const seen: number[] = [];
  for await (const record of readJournal(folder)) {
    if (record.kind === "log") seen.push(Number(record.message));
    if (seen.length === 1) for (let index = 12; index < 40; index++) await append(index);
  }
  await files.close();
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual([...seen].sort((left, right) => left - right));
});
