import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openTools, type ToolsUnderTest } from "./testing/open-tools.ts";

test("shows a text exactly as it is", async () => {
  await using tools = await openTools();
  const text = "\ufeffone\r\n\ttwo  \n\nlast without an end";
  writeFileSync(`${tools.root}/a.txt`, text);
  expect((await tools.call("read_file", { path: "a.txt" })).content).toBe(text);
});

test("shows a range of lines and says how to read on", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "1\n2\n3\n4\n5\n");
  expect(await tools.call("read_file", { path: "a.txt", offset_line: 2, limit_lines: 2 })).toEqual({
    content: "2\n3\n[lines 2 to 3 are shown; the file goes on and has 10 bytes; read on with offset_line 4]",
    details: { sizeBytes: 10, firstLine: 2, truncated: true },
  });
  expect((await tools.call("read_file", { path: "a.txt", offset_line: 4, limit_lines: 2 })).content).toBe(
    "4\n5\n",
  );
});

test("D13: a large file is shown up to the cap, from its beginning only, with a note", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/large.txt`, "0123456789abcde\n".repeat(1_000_000));
  const byLines = await tools.call("read_file", { path: "large.txt" });
  expect(byLines.content).toContain("[lines 1 to 2000 are shown; the file goes on and has 16000000 bytes;");
  expect(tools.files.bytesRead).toEqual([0, 262_144]);
  writeFileSync(`${tools.root}/wide.txt`, `${"x".repeat(1_000)}\n`.repeat(1_000));
  const byBytes = await tools.call("read_file", { path: "wide.txt" });
  expect(byBytes.content).toContain("[lines 1 to 127 are shown;");
  expect(byBytes.content.length).toBeLessThan(131_072);
});

test("D13: a line that is longer than the cap is cut between characters, and says so", async () => {
  await using tools = await openTools({ readBytesMax: 1_024 });
  writeFileSync(`${tools.root}/line.txt`, `a${"é".repeat(5_000)}\nnext\n`);
  const { content } = await tools.call("read_file", { path: "line.txt" });
  expect(content.startsWith(`a${"é".repeat(511)}\n[line 1 is longer`)).toBe(true);
  expect((await tools.call("read_file", { path: "line.txt", offset_line: 2 })).content).toBe("next\n");
});

test("D13: a binary file is not shown", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.bin`, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]));
  expect(await tools.call("read_file", { path: "a.bin" })).toEqual({
    content: '"a.bin" is not a text file (7 bytes). Its content is not shown; a command can look at it.',
    isError: true,
  });
});

test("D13: a file that never stops growing is read up to where it ended at first, and says so", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/log`, "x\n".repeat(200_000));
  tools.files.beforeRead = async () => appendFileSync(`${tools.root}/log`, "more\n".repeat(100_000));
  const { content } = await tools.call("read_file", { path: "log", offset_line: 299_501 });
  expect(content).toBe(`${"more\n".repeat(500)}[somebody wrote to the file while it was read]`);
  // Once for the size, which was 900,000 bytes then, and once for each 262,144 bytes of them.
  expect(tools.files.bytesRead).toHaveLength(5);
});

test.each([
  ["shorter", "y\n".repeat(150_000)],
  ["as long", "y\n".repeat(200_000)],
])("D13: a file that is replaced between two chunks by one that is %s is refused", async (_what, other) => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/log`, "x\n".repeat(200_000));
  tools.files.beforeRead = async (_path, offset) => {
    if (offset > 0) replaceFile(`${tools.root}/log`, other);
  };
  const output = await tools.call("read_file", { path: "log", offset_line: 150_000 });
  expect(output).toMatchObject({ isError: true, content: expect.stringContaining("was changed while") });
});

function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

test("D13: of a file of 10 GB only the first chunk is read, and holes are not text", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/disk.img`, "");
  truncateSync(`${tools.root}/disk.img`, 10_000_000_000);
  writeFileSync(`${tools.root}/log`, "a line\n".repeat(10_000));
  truncateSync(`${tools.root}/log`, 10_000_000_000);
  expect(await tools.call("read_file", { path: "disk.img" })).toMatchObject({
    isError: true,
    content: expect.stringContaining("not a text file (10000000000 bytes)"),
  });
  expect((await tools.call("read_file", { path: "log" })).content).toContain("[lines 1 to 2000 are shown;");
  expect(await tools.call("read_file", { path: "log", offset_line: 10_001 })).toMatchObject({
    isError: true,
    content: expect.stringContaining("not a text file"),
  });
  expect(Math.max(...tools.files.bytesRead)).toBe(262_144);
  expect(tools.files.bytesRead.length).toBeLessThan(10);
});

test("for any text, what is read page by page is together the file", async () => {
  await using tools = await openTools({ readBytesMax: 1_024 });
  const line = fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replaceAll("\0", ""));
  const text = fc
    .tuple(fc.array(line, { minLength: 1, maxLength: 200 }), fc.constantFrom("\n", "\r\n"))
    .map(([lines, end]) => lines.join(end));
  await fc.assert(
    fc.asyncProperty(text, fc.option(fc.integer({ min: 1, max: 20 })), async (written, limit) => {
      fc.pre(written !== "");
      writeFileSync(`${tools.root}/a.txt`, written);
      expect(await readAllPages(tools, "a.txt", limit)).toBe(written);
    }),
    { numRuns: 60 },
  );
});

async function readAllPages(tools: ToolsUnderTest, path: string, limit: number | null): Promise<string> {
  let all = "";
  for (let next: number | undefined = 1; next !== undefined; ) {
    const range = { offset_line: next, ...(limit === null ? {} : { limit_lines: limit }) };
    const { content, details } = await tools.call("read_file", { path, ...range });
    const isCut = (details as { truncated: boolean }).truncated;
    const noteAt = isCut ? content.lastIndexOf("[lines ") : content.length;
    all += content.slice(0, noteAt);
    next = isCut ? Number(/offset_line (\d+)\]$/.exec(content)?.[1]) : undefined;
  }
  return all;
}

test("D13: the search for a far line ends, also in a huge file", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/sparse`, "a".repeat(9_000));
  truncateSync(`${tools.root}/sparse`, 80_000_000);
  const output = await tools.call("read_file", { path: "sparse", offset_line: 5 });
  expect(output).toMatchObject({ isError: true, content: expect.stringContaining("bytes into") });
});

test("text that is not UTF-8 is shown as far as it can be, with a note", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/latin.txt`, Buffer.from("caf\xe9\n", "latin1"));
  const { content } = await tools.call("read_file", { path: "latin.txt" });
  expect(content).toContain("caf\ufffd\n[some bytes are not UTF-8");
});

test("says what is wrong", async () => {
  await using tools = await openTools();
  mkdirSync(`${tools.root}/sub`);
  writeFileSync(`${tools.root}/a.txt`, "1\n2\n");
  writeFileSync(`${tools.root}/empty`, "");
  const read = async (input: object) => (await tools.call("read_file", input)).content;
  expect(await read({ path: "missing" })).toBe('"missing" does not exist.');
  expect(await read({ path: "sub" })).toBe('"sub" is a folder. List it instead.');
  expect(await read({ path: "../x" })).toBe('"../x" is outside of the working folder.');
  expect(await read({ path: "a.txt", offset_line: 9 })).toBe('"a.txt" has 2 lines; there is no line 9.');
  expect(await read({ path: "empty" })).toBe("[the file is empty]");
});

test("ends at once when it is aborted", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "x");
  expect(await tools.call("read_file", { path: "a.txt" }, AbortSignal.abort())).toMatchObject({
    isError: true,
  });
});
