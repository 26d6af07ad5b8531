import { describe, expect, test } from "vitest";
import { scanRequest } from "./request-scan.ts";

const user = { role: "user", content: "Find it." };
const calls = { role: "assistant", content: null, tool_calls: [{ id: "call_1" }] };
const result = { role: "tool", tool_call_id: "call_1", content: "found" };
const answer = { role: "assistant", content: "Here it is." };

function scan(body: object, indent?: number): unknown {
  return scanRequest(Buffer.from(JSON.stringify(body, null, indent)));
}

describe.each([
  ["compact JSON, by a search", undefined],
  ["JSON with spaces, by parsing", 2],
])("a request is read from %s", (_, indent) => {
  test("counts the tool results after the last user message only", () => {
    const messages = [user, calls, result, answer, user, calls, result, result, calls, result];
    expect(scan({ model: "fake-steps3", messages, stream_options: { include_usage: true } }, indent)).toEqual(
      {
        model: "fake-steps3",
        toolResultCount: 3,
        includeUsage: true,
      },
    );
  });

  test("counts none where the last message is the user's", () => {
    const messages = [user, calls, result, answer, user];
    expect(scan({ messages, model: "fake" }, indent)).toMatchObject({
      toolResultCount: 0,
      includeUsage: false,
    });
  });

  test("counts from the start where there is no user message", () => {
    expect(scan({ model: "fake", messages: [result, calls, result] }, indent)).toMatchObject({
      toolResultCount: 2,
    });
  });

  test("is not misled by text that looks like a request", () => {
    const content = JSON.stringify({ model: "other", role: "user", nested: [result], include_usage: true });
    const messages = [user, calls, result, { ...result, content }];
    expect(scan({ messages, model: "fake", stream_options: { include_usage: false } }, indent)).toEqual({
      model: "fake",
      toolResultCount: 2,
      includeUsage: false,
    });
  });
});

test.each(["", "{", "null", "{}", '{ "model": 1 }', '{ "model": "fake" }'])("is refused: %s", (body) => {
  expect(() => scanRequest(Buffer.from(body))).toThrow();
});
