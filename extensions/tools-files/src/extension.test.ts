import { expect, test } from "vitest";
import { openTools } from "./testing/open-tools.ts";

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

test("each input says to the model which of its fields are needed", async () => {
  await using tools = await openTools();
  expect(tools.tool("edit_file").parameters).toMatchObject({
    type: "object",
    required: ["path", "old_string", "new_string"],
  });
  expect(tools.tool("list_files").parameters).toMatchObject({ type: "object", required: [] });
});
