import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logRecord } from "../testing/records.ts";
import { JournalFiles } from "./journal-files.ts";
import { readJournal } from "./read-journal.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lathe-journal-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const roomy = { fileBytesMax: 1_000_000, fileCountMax: 4 };
const line = (message: string): string => `${JSON.stringify(logRecord(message))}\n`;

async function messages(): Promise<string[]> {
  const found: string[] = [];
  for await (const record of readJournal(folder)) if (record.kind === "log") found.push(record.message);
  return found;
}

test("what was appended is read back, across restarts, from a file that only its owner can read", async () => {
  for (const message of ["one", "two"]) {
    const files = new JournalFiles(folder, roomy);
    await files.append(line(message) + line(`${message} again`));
    await files.close();
  }
  expect(await messages()).toEqual(["one", "one again", "two", "two again"]);
  expect(await readdir(folder)).toEqual(["journal-00000001.ndjson"]);
  expect((await stat(join(folder, "journal-00000001.ndjson"))).mode & 0o777).toBe(0o600);
});

test("a full file is followed by the next, and only the newest few are kept", async () => {
  const files = new JournalFiles(folder, { fileBytesMax: line("00").length * 2, fileCountMax: 3 });
  for (let index = 10; index < 21; index++) await files.append(line(String(index)));
  await files.close();
  expect(await readdir(folder)).toEqual([4, 5, 6].map((number) => `journal-0000000${number}.ndjson`));
  expect(await messages()).toEqual(["16", "17", "18", "19", "20"]);
});

test("an append that is larger than a file lies whole in one", async () => {
  const files = new JournalFiles(folder, { fileBytesMax: 10, fileCountMax: 2 });
  await files.append(line("a") + line("b"));
  await files.append(line("c"));
  await files.close();
  expect(await readdir(folder)).toHaveLength(2);
  expect(await messages()).toEqual(["a", "b", "c"]);
});

test("a line torn by a kill is ended before the next is added", async () => {
  await writeFile(join(folder, "journal-00000007.ndjson"), line("whole") + line("torn").slice(0, 30));
  const files = new JournalFiles(folder, roomy);
  await files.append(line("next"));
  await files.close();
  expect(await messages()).toEqual(["whole", "next"]);
});

test("F17: a folder that is in the way makes the append fail; when it is gone, appends work again", async () => {
  const inTheWay = join(folder, "journal-00000001.ndjson");
  await mkdir(inTheWay);
  const files = new JournalFiles(folder, roomy);
  await expect(files.append(line("lost"))).rejects.toMatchObject({ code: "EISDIR" });
  await rmdir(inTheWay);
  await files.append(line("kept"));
  await files.close();
  expect(await messages()).toEqual(["kept"]);
});

test("a symbolic link in place of a file is not followed; when it is gone, appends work again", async () => {
  const elsewhere = join(folder, "elsewhere.txt");
  await symlink(elsewhere, join(folder, "journal-00000001.ndjson"));
  const files = new JournalFiles(folder, roomy);
  await expect(files.append(line("lost"))).rejects.toMatchObject({ code: "ELOOP" });
  await rm(join(folder, "journal-00000001.ndjson"));
  await files.append(line("kept"));
  await files.close();
  expect(await readdir(folder)).toEqual(["journal-00000001.ndjson"]);
  expect(await messages()).toEqual(["kept"]);
});

test("other files in the folder are left alone and not read", async () => {
  await appendFile(join(folder, "notes.txt"), line("foreign"));
  await appendFile(join(folder, "journal-1.ndjson"), line("foreign"));
  const files = new JournalFiles(folder, { fileBytesMax: 1, fileCountMax: 1 });
  for (const message of ["a", "b"]) await files.append(line(message));
  await files.close();
  expect((await readdir(folder)).sort()).toEqual([
    "journal-00000002.ndjson",
    "journal-1.ndjson",
    "notes.txt",
  ]);
  expect(await messages()).toEqual(["b"]);
});

test("a folder that was removed is made again", async () => {
  const files = new JournalFiles(join(folder, "inner"), roomy);
  await files.append(line("a"));
  await files.close();
  expect(await readFile(join(folder, "inner", "journal-00000001.ndjson"), "utf8")).toBe(line("a"));
});

test("after close nothing is written", async () => {
  const files = new JournalFiles(folder, roomy);
  await files.close();
  await expect(files.append(line("late"))).rejects.toThrow("closed");
  expect(await readdir(folder)).toEqual([]);
});
