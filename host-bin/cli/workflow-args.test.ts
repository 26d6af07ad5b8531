import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UsageError } from "./command.ts";
import { wordsAsArgs, workflowArgs } from "./workflow-args.ts";

test("one word is the JSON that it is, or else a text", () => {
  expect(wordsAsArgs([])).toBeUndefined();
  expect(wordsAsArgs(['{"a":[1]}'])).toEqual({ a: [1] });
  expect(wordsAsArgs(["null"])).toBeNull();
  expect(wordsAsArgs(["42"])).toBe(42);
  expect(wordsAsArgs(["What is new?"])).toBe("What is new?");
  expect(() => wordsAsArgs(['{"a":'])).toThrow(UsageError);
  expect(() => wordsAsArgs(["What", "is", "new?"])).toThrow("quotes");
});

test("pairs are an object, whose values may be JSON", () => {
  expect(wordsAsArgs(["count=3", "name=Ada L.", "tags=[1,2]", "equation=a=b", "empty="])).toEqual({
    count: 3,
    name: "Ada L.",
    tags: [1, 2],
    equation: "a=b",
    empty: "",
  });
  expect(Object.keys(wordsAsArgs(["__proto__=1"]) as object)).toEqual(["__proto__"]);
  expect(() => wordsAsArgs(["a=1", "a=2"])).toThrow("a is given twice");
  expect(() => wordsAsArgs(["a=1", "b"])).toThrow(UsageError);
});

test("arguments come in one way: as words, as --args, or from a file", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "lathe-args-"));
  const given = (options: Record<string, string>, ...words: string[]): Promise<unknown> =>
    workflowArgs({ options, positionals: [], environment: {}, cwd }, words);
  try {
    await writeFile(join(cwd, "args.json"), '{"from":"file"}');
    expect(await given({ args: '"text"' })).toBe("text");
    expect(await given({ "args-file": "args.json" })).toEqual({ from: "file" });
    await expect(given({ args: "text" })).rejects.toThrow("--args must be JSON");
    await expect(given({ "args-file": "none.json" })).rejects.toThrow(UsageError);
    await expect(given({ args: "1" }, "a=1")).rejects.toThrow("in one way");
  } finally {
    await rm(cwd, { recursive: true });
  }
});
