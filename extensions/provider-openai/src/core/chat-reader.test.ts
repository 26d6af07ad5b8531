import { decodePieces, sequentialIds, testCuts } from "@lathe/extension-kit/testing";
import type { ProviderEvent } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { ChatReader } from "./chat-reader.ts";

const subject = {
  reader: (server: ConstructorParameters<typeof ChatReader>[0]) => {
    const ids = sequentialIds();
    return new ChatReader(server, () => ids.newId("made"));
  },
};

const block = (chunk: unknown): string => `data: ${JSON.stringify(chunk)}\n\n`;
const choice = (parts: unknown): string => block({ choices: [{ index: 0, ...Object(parts) }] });
const delta = (part: unknown): string => choice({ delta: part, finish_reason: null });
const finish = (reason: string, more: object = {}): string =>
  block({ choices: [{ index: 0, delta: {}, finish_reason: reason }], ...more });
const calls = (...entries: readonly unknown[]): string => delta({ tool_calls: entries });
const done = "data: [DONE]\n\n";

function read(stream: string): readonly ProviderEvent[] {
  return decodePieces(subject, [Buffer.from(stream)]);
}
function toolCalls(stream: string): readonly unknown[] {
  return read(stream).flatMap((event) =>
    event.type === "tool-call" ? [[event.callId, event.name, event.argumentsText]] : [],
  );
}
function usageOf(usage: unknown): unknown {
  const event = read(finish("stop", { usage }) + done).find(({ type }) => type === "usage");
  return event?.type === "usage" ? event.usage : undefined;
}

const twoCalls =
  calls({ index: 0, id: "a", type: "function", function: { name: "find", arguments: "" } }) +
  calls({ index: 0, function: { arguments: '{"q":' } }) +
  calls({ index: 0, function: { arguments: '"Käse 🧀"}' } }) +
  calls({ index: 1, id: "b", type: "function", function: { name: "list", arguments: "{}" } });

testCuts({
  ...subject,
  streams: {
    "text with usage at the end":
      delta({ role: "assistant", content: "" }) +
      delta({ content: "Grüße, " }) +
      delta({ content: "🌍!" }) +
      finish("stop") +
      block({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }) +
      done,
    "reasoning, then text, then calls":
      delta({ reasoning_content: "Hm… " }) +
      delta({ reasoning_content: "ja." }) +
      delta({ content: "So:" }) +
      twoCalls +
      finish("tool_calls") +
      done,
    "comments and line ends of two characters": (
      `: PROCESSING\n\n${delta({ content: "a" })}: PROCESSING\n\n` +
      finish("stop") +
      done
    ).replaceAll("\n", "\r\n"),
    "no word that it is done": delta({ content: "a" }) + finish("stop"),
    "content in parts":
      delta({ content: [{ type: "thinking", thinking: [{ type: "text", text: "2+2" }] }] }) +
      delta({ content: [{ type: "text", text: "4" }] }) +
      finish("stop") +
      done,
    "usage on every chunk":
      block({
        choices: [{ index: 0, delta: { content: "a" } }],
        usage: { prompt_tokens: 1, completion_tokens: 1 },
      }) +
      block({
        choices: [{ index: 0, delta: { content: "b" } }],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      }) +
      finish("stop", { usage: { prompt_tokens: 1, completion_tokens: 2 } }),
    "an error in a chunk":
      delta({ content: "a" }) + block({ error: { code: 502, message: "Upstream" }, choices: [] }) + done,
    "a call that was cut off": calls({ index: 0, id: "a", function: { name: "find", arguments: '{"q' } }),
  },
});

describe("calls are put together", () => {
  test("by index, in order, and handed over when the answer is whole", () => {
    expect(toolCalls(twoCalls + finish("tool_calls") + done)).toEqual([
      ["a", "find", '{"q":"Käse 🧀"}'],
      ["b", "list", "{}"],
    ]);
  });

  test("by index with gaps, and with deltas of two calls mixed", () => {
    const stream =
      calls({ index: 4, id: "a", function: { name: "one", arguments: "{" } }) +
      calls({ index: 7, id: "b", function: { name: "two", arguments: "[" } }) +
      calls({ index: 4, function: { arguments: "}" } }, { index: 7, function: { arguments: "]" } });
    expect(toolCalls(stream + finish("tool_calls"))).toEqual([
      ["a", "one", "{}"],
      ["b", "two", "[]"],
    ]);
  });

  test("where every call says index 0, by their ids", () => {
    const stream =
      calls({ index: 0, id: "a", function: { name: "one", arguments: "{}" } }) +
      calls({ index: 0, id: "b", function: { name: "two", arguments: "{}" } });
    expect(toolCalls(stream + finish("tool_calls"))).toEqual([
      ["a", "one", "{}"],
      ["b", "two", "{}"],
    ]);
  });

  test("without an index, by id, or as what is in progress", () => {
    const stream =
      calls({ id: "a", function: { name: "one", arguments: "{" } }) +
      calls({ function: { arguments: "}" } }) +
      calls({ id: "b", function: { name: "two", arguments: "{" } }) +
      calls({ id: "b", function: { name: "two", arguments: "}" } });
    expect(toolCalls(stream + finish("tool_calls"))).toEqual([
      ["a", "one", "{}"],
      ["b", "two", "{}"],
    ]);
  });

  test("without anything, each name begins one, and ids are made up", () => {
    const stream = calls(
      { function: { name: "one", arguments: "{}" } },
      { function: { name: "one", arguments: "{}" } },
    );
    const [first, second] = toolCalls(stream + finish("tool_calls")) as [string[], string[]];
    expect(first[0]).toMatch(/^made_/);
    expect(second[0]).toMatch(/^made_/);
    expect(first[0]).not.toBe(second[0]);
  });

  test("with id and name in every delta, or the name as nothing, once", () => {
    const stream =
      calls({ index: 0, id: "a", function: { name: "one", arguments: "{" } }) +
      calls({ index: 0, id: "a", function: { name: "one", arguments: '"a":1' } }) +
      calls({ index: 0, id: "", function: { name: "", arguments: "}" } });
    expect(toolCalls(stream + finish("tool_calls"))).toEqual([["a", "one", '{"a":1}']]);
  });

  test("with a name that comes late", () => {
    const stream =
      calls({ index: 0, id: "a", function: { arguments: "{" } }) +
      calls({ index: 0, function: { name: "one", arguments: "}" } });
    expect(read(stream + finish("tool_calls")).slice(0, 3)).toEqual([
      { type: "tool-call-start", callId: "a", name: "one" },
      { type: "tool-call-delta", callId: "a", argumentsText: "{}" },
      { type: "tool-call", callId: "a", name: "one", argumentsText: "{}" },
    ]);
  });

  test("with arguments that are an object, null, or not there", () => {
    const stream = calls(
      { index: 0, id: "a", function: { name: "one", arguments: { at: "it" } } },
      { index: 1, id: "b", function: { name: "two", arguments: null } },
      { index: 2, id: "c", function: { name: "three" } },
    );
    expect(toolCalls(stream + finish("tool_calls"))).toEqual([
      ["a", "one", '{"at":"it"}'],
      ["b", "two", ""],
      ["c", "three", ""],
    ]);
  });

  test("F9: two calls with one id get two", () => {
    const stream = calls(
      { index: 0, id: "a", function: { name: "one", arguments: "{}" } },
      { index: 1, id: "a", function: { name: "two", arguments: "{}" } },
    );
    const [first, second] = toolCalls(stream + finish("tool_calls")) as [string[], string[]];
    expect(first).toEqual(["a", "one", "{}"]);
    expect(second?.slice(1)).toEqual(["two", "{}"]);
    expect(second?.[0]).not.toBe("a");
  });

  test("F9: ten thousand of them, deep arguments, and arguments that are no JSON are passed on", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      index,
      id: `c${index}`,
      function: { name: "one", arguments: "{}" },
    }));
    expect(toolCalls(calls(...many) + finish("tool_calls")).length).toBe(10_000);
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    for (const text of [deep, "{oops", "\u0000"]) {
      const stream = calls({ index: 0, id: "a", function: { name: "one", arguments: text } });
      expect(toolCalls(stream + finish("tool_calls"))).toEqual([["a", "one", text]]);
    }
  });

  test("F9: an object nested too deep to be written down again ends the answer", () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const stream = `data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":${deep}}}]}}]}\n\n`;
    expect(read(stream + finish("tool_calls")).at(-1)).toMatchObject({
      type: "error",
      failure: { kind: "malformed" },
    });
  });

  test("of the old single form, and of a server that says stop", () => {
    const stream =
      delta({ function_call: { name: "one", arguments: "{" } }) +
      delta({ function_call: { arguments: "}" } });
    const events = read(stream + finish("stop") + done);
    expect(events.at(-1)).toEqual({ type: "finish", reason: "tool-calls", rawReason: "stop" });
    expect(events.at(-2)).toMatchObject({ type: "tool-call", name: "one", argumentsText: "{}" });
  });

  test("and none of them is whole where the answer was cut for its length", () => {
    const events = read(twoCalls + finish("length") + done);
    expect(events.some(({ type }) => type === "tool-call")).toBe(false);
    expect(events.at(-1)).toEqual({ type: "finish", reason: "length", rawReason: "length" });
  });
});

describe("the end", () => {
  test.each([
    ["stop", "stop"],
    ["tool_calls", "tool-calls"],
    ["length", "length"],
    ["model_length", "length"],
    ["content_filter", "content-filter"],
    ["eos", "stop"],
  ])("%s is %s", (raw, reason) => {
    expect(read(delta({ content: "a" }) + finish(raw) + done).at(-1)).toEqual({
      type: "finish",
      reason,
      rawReason: raw,
    });
  });

  test("without a reason but with [DONE] is a stop, if anything was said", () => {
    expect(read(delta({ content: "a" }) + done).at(-1)).toEqual({
      type: "finish",
      reason: "stop",
      rawReason: null,
    });
    expect(read(done).at(-1)).toMatchObject({ type: "error", failure: { kind: "truncated" } });
  });

  test.each(["error", "insufficient_system_resource"])("%s is a failure that may be tried again", (raw) => {
    expect(read(delta({ content: "a" }) + finish(raw) + done).at(-1)).toMatchObject({
      type: "error",
      failure: { retryable: true },
    });
  });

  test("chunks after the reason still count", () => {
    const late = block({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } });
    const events = read(delta({ content: "a" }) + finish("stop") + late + block({ moderation: {} }) + done);
    expect(events.map(({ type }) => type)).toEqual(["text-delta", "usage", "finish"]);
  });
});

describe("an answer that is not streamed", () => {
  test("is read like one that is", () => {
    const message = {
      role: "assistant",
      content: "Let me look.",
      reasoning_content: "Hm.",
      tool_calls: [{ id: "a", type: "function", function: { name: "one", arguments: "{}" } }],
    };
    const answer = {
      choices: [{ index: 0, message, finish_reason: "tool_calls" }],
      usage: { prompt_tokens: 1 },
    };
    expect(read(JSON.stringify(answer, null, 2)).map(({ type }) => type)).toEqual([
      "reasoning-delta",
      "text-delta",
      "tool-call-start",
      "tool-call-delta",
      "tool-call",
      "usage",
      "finish",
    ]);
  });

  test("may be an error with status 200", () => {
    expect(read(JSON.stringify({ error: { message: "No", code: 429 } })).at(-1)).toMatchObject({
      failure: { kind: "rate-limit", status: 429, retryable: true },
    });
  });
});

describe("content", () => {
  test("a refusal is shown as text", () => {
    expect(read(delta({ refusal: "I will not." }) + finish("stop") + done)[0]).toEqual({
      type: "text-delta",
      text: "I will not.",
    });
  });

  test("reasoning is taken from the first member that says something", () => {
    const stream =
      delta({
        reasoning_content: "",
        reasoning: "a",
        reasoning_details: [{ type: "reasoning.text", text: "a", index: 0 }],
      }) +
      delta({ reasoning_details: [{ type: "reasoning.text", text: "b", index: 0, signature: null }] }) +
      delta({ reasoning_details: [{ type: "reasoning.text", text: "", index: 0, signature: "sig" }] }) +
      delta({ reasoning_details: [{ type: "reasoning.encrypted", data: "xyz", index: 1 }] });
    expect(read(stream + finish("stop") + done)).toEqual([
      { type: "reasoning-delta", text: "ab" },
      {
        type: "reasoning-end",
        providerData: {
          reasoning_details: [
            { type: "reasoning.text", text: "ab", index: 0, signature: "sig" },
            { type: "reasoning.encrypted", data: "xyz", index: 1 },
          ],
        },
      },
      { type: "finish", reason: "stop", rawReason: "stop" },
    ]);
  });

  test("members of unexpected types are nothing", () => {
    const stream =
      block({ choices: null }) +
      block({ choices: [null] }) +
      block({ choices: "x", usage: 3 }) +
      delta(null) +
      delta({ content: 7, tool_calls: "x", reasoning: {}, reasoning_details: 3 }) +
      delta({ content: [null, { type: "image" }, "x"], tool_calls: [null, 3] }) +
      choice({ delta: { content: "a" }, finish_reason: 9 });
    expect(read(stream + done)).toEqual([
      { type: "text-delta", text: "a" },
      { type: "finish", reason: "stop", rawReason: null },
    ]);
  });
});

describe("usage", () => {
  const nothing = { cacheReadTokens: null, cacheWriteTokens: null, reasoningTokens: null };

  test("counts the prompt with its cached part, and the output with its reasoning", () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 12 },
    };
    expect(usageOf(usage)).toEqual({
      inputTokens: 100,
      outputTokens: 20,
      cacheReadTokens: 64,
      cacheWriteTokens: 8,
      reasoningTokens: 12,
    });
  });

  test("adds the reasoning where the server's total says that it is apart", () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 115,
      completion_tokens_details: { reasoning_tokens: 100 },
    };
    expect(usageOf(usage)).toMatchObject({ outputTokens: 105, reasoningTokens: 100 });
  });

  test("is found under DeepSeek's and Moonshot's names, and where Groq and Moonshot put it", () => {
    expect(usageOf({ prompt_tokens: 9, prompt_cache_hit_tokens: 4 })).toMatchObject({ cacheReadTokens: 4 });
    expect(usageOf({ prompt_tokens: 9, cached_tokens: 3 })).toMatchObject({ cacheReadTokens: 3 });
    const inChoice = choice({ delta: { content: "a" }, finish_reason: "stop", usage: { prompt_tokens: 2 } });
    expect(read(inChoice + done)).toContainEqual({
      type: "usage",
      usage: { inputTokens: 2, outputTokens: null, ...nothing },
    });
    const atGroq = finish("stop", { x_groq: { usage: { prompt_tokens: 2 } } });
    expect(read(atGroq + done)).toContainEqual({
      type: "usage",
      usage: { inputTokens: 2, outputTokens: null, ...nothing },
    });
  });

  test("F9: nonsense is not reported", () => {
    const usage = {
      prompt_tokens: -1,
      completion_tokens: "7",
      prompt_tokens_details: { cached_tokens: 1e300 },
    };
    expect(usageOf(usage)).toEqual({ inputTokens: null, outputTokens: null, ...nothing });
    expect(usageOf({ prompt_tokens: 1.7 })).toMatchObject({ inputTokens: 1 });
    expect(usageOf(null)).toBeUndefined();
  });
});
