import { expect, test } from "vitest";
import { expectWellFormed } from "./well-formed-request.ts";

const user = { role: "user", content: "A question." };
const calls = { role: "assistant", content: null, tool_calls: [{ id: "a", function: { arguments: "{}" } }] };
const result = { role: "tool", tool_call_id: "a", content: "Done." };

function judge(path: string, ...messages: readonly object[]): () => void {
  return () => expectWellFormed({ path, body: { messages } });
}

test.each([
  { name: "a call without a result", messages: [user, calls, user] },
  { name: "a call without a result at the end", messages: [user, calls] },
  { name: "a result without a call", messages: [user, result] },
  { name: "a result that comes twice", messages: [user, calls, result, result] },
  { name: "arguments that are no JSON", messages: [user, brokenCall(), result] },
  { name: "an answer at the end", messages: [user, { role: "assistant", content: "Hm." }] },
])("chat completions: $name is refused", ({ messages }) => {
  expect(judge("/v1/chat/completions", ...messages)).toThrow();
});

function brokenCall(): object {
  return { ...calls, tool_calls: [{ id: "a", function: { arguments: "{" } }] };
}

test("chat completions: a call with its result is fine", () => {
  judge("/v1/chat/completions", user, calls, result)();
});

const asked = { role: "user", content: [{ type: "text", text: "A question." }] };
const use = { role: "assistant", content: [{ type: "tool_use", id: "a", input: {} }] };
const used = { role: "user", content: [{ type: "tool_result", tool_use_id: "a" }] };

test.each([
  { name: "a call without a result", messages: [asked, use, asked] },
  { name: "a result without a call", messages: [used] },
  { name: "two messages of one role", messages: [asked, asked] },
  { name: "an empty message", messages: [{ role: "user", content: [] }] },
])("the Messages API: $name is refused", ({ messages }) => {
  expect(judge("/v1/messages", ...messages)).toThrow();
});

test("the Messages API: a call with its result is fine", () => {
  judge("/v1/messages", asked, use, used)();
});
