import { writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { openTools } from "./testing/open-tools.ts";
import { watchThreads } from "./testing/watch-threads.ts";

test("starts, contributes its tools with the right promises, and leaves nothing", async () => {
  const tools = await openTools();
  const promises = ["read_file", "write_file", "edit_file", "list_files", "search_files"].map((name) => {
    const { readOnly, concurrencySafe, idempotent } = tools.tool(name);
    return [name, { readOnly, concurrencySafe, idempotent }];
  });
  const reads = { readOnly: true, concurrencySafe: true, idempotent: true };
  expect(Object.fromEntries(promises)).toEqual({
    read_file: reads,
    list_files: reads,
    search_files: reads,
    write_file: { readOnly: false, concurrencySafe: false, idempotent: true },
    edit_file: { readOnly: false, concurrencySafe: false, idempotent: false },
  });
  await tools[Symbol.asyncDispose]();
  expect(() => tools.tool("read_file")).toThrow();
});

test("a stop gives up the searches that run or wait, and no thread is left", async () => {
  using threads = watchThreads();
  await using tools = await openTools({ searchesAtOnceMax: 1, matchTimeMsMax: 1_000_000 });
  writeFileSync(`${tools.root}/trap.txt`, `${"a".repeat(60)}!\n`);
  const searching = [1, 2].map(() => tools.call("search_files", { pattern: "^(a+)+$" }));
  while (!tools.files.bytesRead.some((count) => count > 0)) await setImmediate();
  expect(threads.count).toBe(1);
  await tools.stop();
  for (const output of await Promise.all(searching))
    expect(output).toEqual({ content: "The search was aborted.", isError: true });
  expect(threads.count).toBe(0);
});

test("each input says to the model which of its fields are needed", async () => {
  await using tools = await openTools();
  expect(tools.tool("edit_file").parameters).toMatchObject({
    type: "object",
    required: ["path", "old_text", "new_text"],
  });
  expect(tools.tool("list_files").parameters).toMatchObject({ type: "object", required: [] });
});
