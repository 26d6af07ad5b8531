import { decodePieces, sequentialIds, testCuts } from "@lathe/extension-kit/testing";
import type { ProviderEvent } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { MessagesReader } from "./messages-reader.ts";

const subject = {
  reader: (server: ConstructorParameters<typeof MessagesReader>[0]) => {
    const ids = sequentialIds();
    return new MessagesReader(server, () => ids.newId("made"));
  },
};

const block = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const begin = (usage: object = { input_tokens: 3, output_tokens: 1 }): string =>
  block("message_start", { message: { id: "msg_1", role: "assistant", content: [], usage } });
const start = (index: number, content_block: object): string =>
  block("content_block_start", { index, content_block });
const delta = (index: number, piece: object): string => block("content_block_delta", { index, delta: piece });
const text = (index: number, words: string): string => delta(index, { type: "text_delta", text: words });
const json = (index: number, partial_json: string): string =>
  delta(index, { type: "input_json_delta", partial_json });
const stop = (index: number): string => block("content_block_stop", { index });
const end = (stop_reason: string, usage: object = { output_tokens: 9 }): string =>
  block("message_delta", { delta: { stop_reason, stop_sequence: null }, usage }) + block("message_stop");

function read(stream: string): readonly ProviderEvent[] {
  return decodePieces(subject, [Buffer.from(stream)]);
}
function usageOf(stream: string): unknown {
  const event = read(stream).find(({ type }) => type === "usage");
  return event?.type === "usage" ? event.usage : undefined;
}

const thinking =
  start(0, { type: "thinking", thinking: "", signature: "" }) +
  delta(0, { type: "thinking_delta", thinking: "Zwei " }) +
  delta(0, { type: "thinking_delta", thinking: "Schritte 🧠" }) +
  delta(0, { type: "signature_delta", signature: "c2ln" }) +
  stop(0);
const words =
  start(1, { type: "text", text: "" }) + block("ping") + text(1, "Grüße") + text(1, "!") + stop(1);
const call = (index: number, id: string): string =>
  start(index, { type: "tool_use", id, name: "find", input: {} }) +
  json(index, "") +
  json(index, '{"q":') +
  json(index, '"Käse"}') +
  stop(index);

testCuts({
  ...subject,
  streams: {
    "thinking, words and two calls":
      begin() + thinking + words + call(2, "toolu_a") + call(3, "toolu_b") + end("tool_use"),
    "a block that is kept as it is":
      begin() +
      start(0, { type: "server_tool_use", id: "srv_1", name: "web_search", input: {} }) +
      json(0, '{"query":"ä') +
      json(0, '"}') +
      stop(0) +
      start(1, { type: "redacted_thinking", data: "xyz" }) +
      stop(1) +
      words +
      end("end_turn"),
    "an error in the middle":
      begin() +
      call(0, "toolu_a").slice(0, 200) +
      "\n\n" +
      block("error", { error: { type: "overloaded_error", message: "Overloaded" } }),
    "no terminal event": begin() + words + block("message_delta", { delta: { stop_reason: "end_turn" } }),
    "half of it": begin() + words.slice(0, words.length - 40),
  },
});

test("thinking ends with its signature, words are words, and calls are whole at their stop", () => {
  expect(read(begin() + thinking + words + call(2, "toolu_a") + end("tool_use"))).toEqual([
    { type: "reasoning-delta", text: "Zwei Schritte 🧠" },
    { type: "reasoning-end", providerData: { signature: "c2ln" } },
    { type: "text-delta", text: "Grüße!" },
    { type: "tool-call-start", callId: "toolu_a", name: "find" },
    { type: "tool-call-delta", callId: "toolu_a", argumentsText: '{"q":"Käse"}' },
    { type: "tool-call", callId: "toolu_a", name: "find", argumentsText: '{"q":"Käse"}' },
    {
      type: "usage",
      usage: {
        inputTokens: 3,
        outputTokens: 9,
        cacheReadTokens: null,
        cacheWriteTokens: null,
        reasoningTokens: null,
      },
    },
    { type: "finish", reason: "tool-calls", rawReason: "tool_use" },
  ]);
});

describe("calls", () => {
  test("without arguments have none, and one that begins with its input has it", () => {
    const whole = { type: "tool_use", id: "b", name: "two", input: { at: "it" } };
    const stream =
      start(0, { type: "tool_use", id: "a", name: "one", input: {} }) + stop(0) + start(1, whole) + stop(1);
    const calls = read(begin() + stream + end("tool_use")).filter(({ type }) => type === "tool-call");
    expect(calls).toMatchObject([{ argumentsText: "" }, { argumentsText: '{"at":"it"}' }]);
  });

  test("F9: with the id of another, or without one, get one of their own", () => {
    const stream = call(0, "same") + call(1, "same") + start(2, { type: "tool_use", name: "x" }) + stop(2);
    const ids = read(begin() + stream + end("tool_use")).flatMap((event) =>
      event.type === "tool-call" ? event.callId : [],
    );
    expect(ids[0]).toBe("same");
    expect(new Set(ids).size).toBe(3);
  });

  test("with a reason of end_turn are tool calls all the same, and one that was not stopped is whole at the end", () => {
    const open = start(0, { type: "tool_use", id: "a", name: "one", input: {} }) + json(0, "{}");
    const events = read(begin() + open + end("end_turn"));
    expect(events.find(({ type }) => type === "tool-call")).toMatchObject({ argumentsText: "{}" });
    expect(events.at(-1)).toEqual({ type: "finish", reason: "tool-calls", rawReason: "end_turn" });
  });

  test("that was cut for length is not whole", () => {
    const open = start(0, { type: "tool_use", id: "a", name: "one", input: {} }) + json(0, '{"q');
    const events = read(begin() + open + end("max_tokens"));
    expect(events.some(({ type }) => type === "tool-call")).toBe(false);
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "length" });
  });
});

describe("what this adapter does not know", () => {
  test("is kept as it came where it is a block", () => {
    const result = {
      type: "web_search_tool_result",
      tool_use_id: "srv_1",
      content: [{ url: "https://a.example" }],
    };
    const stream =
      start(0, { type: "server_tool_use", id: "srv_1", name: "web_search", input: {} }) +
      json(0, '{"query":"cheese"}') +
      stop(0) +
      start(1, result) +
      stop(1) +
      start(2, { type: "compaction", content: "So " }) +
      delta(2, { type: "compaction_delta", content: "far.", extra: 1 }) +
      stop(2);
    expect(read(begin() + stream + end("pause_turn"))).toMatchObject([
      {
        type: "opaque-part",
        providerData: {
          type: "server_tool_use",
          id: "srv_1",
          name: "web_search",
          input: { query: "cheese" },
        },
      },
      { type: "opaque-part", providerData: result },
      { type: "opaque-part", providerData: { type: "compaction", content: "So far.", extra: 1 } },
      { type: "usage" },
      { type: "finish", reason: "stop", rawReason: "pause_turn" },
    ]);
  });

  test("is ignored where it is an event, a delta of words, or out of place", () => {
    const stream =
      block("something_new", { x: 1 }) +
      delta(7, { type: "text_delta", text: "no block" }) +
      stop(9) +
      start(0, { type: "text", text: "a" }) +
      delta(0, { type: "citations_delta", citation: {} }) +
      delta(0, { type: "signature_delta", signature: "s" }) +
      block("content_block_delta", { index: 0, delta: null }) +
      start(1, {}) +
      stop(0);
    expect(read(begin() + stream + end("end_turn")).filter(({ type }) => type !== "usage")).toEqual([
      { type: "text-delta", text: "a" },
      { type: "finish", reason: "stop", rawReason: "end_turn" },
    ]);
  });

  test("F9: is dropped where it nests too deep to be stored", () => {
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    const stream = `data: {"type":"content_block_start","index":0,"content_block":{"type":"new","deep":${deep}}}\n\n`;
    const events = read(begin() + stream + stop(0) + end("end_turn"));
    expect(events.map(({ type }) => type)).toEqual(["usage", "finish"]);
  });
});

describe("the end", () => {
  test.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "content-filter"],
    ["something_new", "stop"],
  ])("%s is %s", (raw, reason) => {
    expect(read(begin() + words + end(raw)).at(-1)).toEqual({ type: "finish", reason, rawReason: raw });
  });

  test("an error without the name of its event is one", () => {
    const stream = `data: ${JSON.stringify({ type: "error", error: { type: "api_error", message: "Oops" } })}\n\n`;
    expect(read(begin() + stream).at(-1)).toMatchObject({
      failure: { kind: "server", retryable: true, code: "api_error" },
    });
  });

  test("an answer that is not streamed is read like one that is", () => {
    const content = [
      { type: "thinking", thinking: "Hm.", signature: "s" },
      { type: "text", text: "Let me look." },
      { type: "tool_use", id: "a", name: "one", input: { q: 1 } },
    ];
    const message = {
      type: "message",
      role: "assistant",
      content,
      stop_reason: "tool_use",
      usage: { input_tokens: 1 },
    };
    expect(read(JSON.stringify(message)).map(({ type }) => type)).toEqual([
      "reasoning-delta",
      "reasoning-end",
      "text-delta",
      "tool-call-start",
      "tool-call-delta",
      "tool-call",
      "usage",
      "finish",
    ]);
    const refused = JSON.stringify({ type: "error", error: { type: "rate_limit_error", message: "Slow" } });
    expect(read(refused).at(-1)).toMatchObject({ failure: { kind: "rate-limit" } });
  });
});

describe("usage", () => {
  test("counts what the cache held, and later figures replace earlier ones", () => {
    const first = {
      input_tokens: 10,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 2,
      output_tokens: 1,
    };
    const last = { input_tokens: 20, output_tokens: 30, output_tokens_details: { thinking_tokens: 12 } };
    expect(usageOf(begin(first) + begin(first) + words + end("end_turn", last))).toEqual({
      inputTokens: 27,
      outputTokens: 30,
      cacheReadTokens: 5,
      cacheWriteTokens: 2,
      reasoningTokens: 12,
    });
  });

  test("F9: nonsense is not reported", () => {
    const nonsense = { input_tokens: -4, output_tokens: "many", cache_read_input_tokens: null };
    expect(usageOf(begin(nonsense) + words + end("end_turn", {}))).toEqual({
      inputTokens: null,
      outputTokens: null,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      reasoningTokens: null,
    });
  });
});
