import { type Message, type ModelSettings, type ProviderRequest, RequestBodies } from "@lathe/extension-kit";
import { plainRequest } from "@lathe/extension-kit/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chatFormat } from "./chat-format.ts";
import { type DialectName, dialectOfHost, dialects } from "./dialect.ts";

function sent(
  request: ProviderRequest,
  dialect: DialectName = "generic",
  id = "here",
): Record<string, unknown> {
  const bodies = new RequestBodies(chatFormat(id, dialects[dialect]));
  return JSON.parse(Buffer.from(bodies.render(request).bytes).toString()) as Record<string, unknown>;
}
function sentMessages(messages: readonly Message[], dialect: DialectName = "generic", id = "here"): unknown {
  return sent(plainRequest({ system: "", messages }), dialect, id).messages;
}

const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const transcript: readonly Message[] = [
  user("Find cheese and list all."),
  {
    role: "assistant",
    provider: "here",
    model: "m",
    content: [
      {
        type: "reasoning",
        text: "Two calls.",
        providerData: { reasoning_details: [{ type: "reasoning.encrypted", data: "x" }] },
      },
      { type: "text", text: "Looking. " },
      { type: "tool-call", callId: "call_a", name: "find", argumentsText: '{ "q": "Käse" }' },
      { type: "text", text: "And more." },
      { type: "tool-call", callId: "call_b", name: "list", argumentsText: "{}" },
    ],
  },
  { role: "tool", callId: "call_a", toolName: "find", content: "found 🧀", isError: false },
  { role: "tool", callId: "call_b", toolName: "list", content: "no such folder", isError: true },
  { role: "assistant", provider: "here", model: "m", content: [{ type: "text", text: "Done." }] },
  user("Thanks."),
];
const tools = [
  {
    name: "find",
    description: "Finds.",
    parameters: { type: "object", properties: { q: { type: "string" } } },
  },
  { name: "list", description: "Lists.", parameters: { type: "object" } },
];

test("a conversation with reasoning, parallel calls and their results becomes the wire format", () => {
  const settings: ModelSettings = { temperature: 0.5, topP: 0.9, outputTokensMax: 100, effort: "low" };
  expect(sent(plainRequest({ messages: transcript, tools, settings }), "openai")).toEqual({
    model: "some-model",
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: false },
    temperature: 0.5,
    top_p: 0.9,
    max_completion_tokens: 100,
    prompt_cache_key: "cnv_1",
    reasoning_effort: "low",
    tools: [
      {
        type: "function",
        function: {
          name: "find",
          description: "Finds.",
          parameters: { type: "object", properties: { q: { type: "string" } } },
        },
      },
      { type: "function", function: { name: "list", description: "Lists.", parameters: { type: "object" } } },
    ],
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Find cheese and list all." },
      {
        role: "assistant",
        content: "Looking. And more.",
        tool_calls: [
          { id: "call_a", type: "function", function: { name: "find", arguments: '{ "q": "Käse" }' } },
          { id: "call_b", type: "function", function: { name: "list", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "call_a", content: "found 🧀" },
      { role: "tool", tool_call_id: "call_b", content: "no such folder" },
      { role: "assistant", content: "Done." },
      { role: "user", content: "Thanks." },
    ],
  });
});

test("what is not asked for is not sent, and the messages come last", () => {
  const body = sent(plainRequest({ system: "" }));
  expect(Object.keys(body)).toEqual(["model", "stream", "stream_options", "messages"]);
});

describe("dialects", () => {
  test("DeepSeek gets its reasoning back on every message of the assistant, also where there is none", () => {
    expect(sentMessages(transcript, "deepseek")).toMatchObject([
      {},
      { role: "assistant", reasoning_content: "Two calls." },
      {},
      {},
      { role: "assistant", reasoning_content: "" },
      {},
    ]);
  });

  test("nobody gets another provider's reasoning; DeepSeek gets the empty member", () => {
    expect(sentMessages(transcript, "deepseek", "elsewhere")).toMatchObject([
      {},
      { reasoning_content: "" },
      {},
      {},
      {},
      {},
    ]);
    expect(JSON.stringify(sentMessages(transcript, "openrouter", "elsewhere"))).not.toMatch(
      /reasoning|Two calls/,
    );
    expect(JSON.stringify(sentMessages(transcript, "generic"))).not.toMatch(/reasoning|Two calls/);
  });

  test("OpenRouter gets the details back unchanged", () => {
    expect(sentMessages(transcript, "openrouter")).toMatchObject([
      {},
      { reasoning: "Two calls.", reasoning_details: [{ type: "reasoning.encrypted", data: "x" }] },
      {},
      {},
      {},
      {},
    ]);
  });

  test("calls without words have no content, or an empty one where the server wants it so", () => {
    const messages: Message[] = [
      {
        role: "assistant",
        provider: "here",
        model: "m",
        content: [{ type: "tool-call", callId: "a", name: "one", argumentsText: "{}" }],
      },
    ];
    expect(sentMessages(messages)).toMatchObject([{ content: null }]);
    expect(sentMessages(messages, "deepseek")).toMatchObject([{ content: "" }]);
  });

  test("Mistral gets the tool's name, and ids of nine letters and digits that fit together", () => {
    const [, assistant, first, second] = sentMessages(transcript, "mistral") as {
      tool_calls: { id: string }[];
      tool_call_id: string;
      name: string;
    }[];
    const ids = assistant?.tool_calls.map(({ id }) => id);
    expect(ids?.every((id) => /^[A-Za-z0-9]{9}$/.test(id))).toBe(true);
    expect([first?.tool_call_id, second?.tool_call_id]).toEqual(ids);
    expect([first?.name, second?.name]).toEqual(["find", "list"]);
    expect(sent(plainRequest(), "mistral").stream_options).toBeUndefined();
  });

  test("ids longer than servers take back are shortened alike in the call and its result", () => {
    const callId = `call_${"x".repeat(100)}`;
    const [call, result] = sentMessages([
      {
        role: "assistant",
        provider: "other",
        model: "m",
        content: [{ type: "tool-call", callId, name: "one", argumentsText: "{}" }],
      },
      { role: "tool", callId, toolName: "one", content: "", isError: false },
    ]) as [{ tool_calls: { id: string }[] }, { tool_call_id: string }];
    expect(call.tool_calls[0]?.id.length).toBeLessThanOrEqual(40);
    expect(result.tool_call_id).toBe(call.tool_calls[0]?.id);
  });

  test.each([
    ["deepseek", "none", { thinking: { type: "disabled" } }],
    ["deepseek", "minimal", { reasoning_effort: "low" }],
    ["deepseek", "medium", { reasoning_effort: "high" }],
    ["deepseek", "max", { reasoning_effort: "max" }],
    ["openrouter", "high", { reasoning: { effort: "high" } }],
    ["openrouter", "none", { reasoning: { enabled: false } }],
    ["zai", "low", { thinking: { type: "enabled" } }],
    ["generic", "xhigh", { reasoning_effort: "xhigh" }],
  ] as const)("%s says effort %s as %j", (dialect, effort, members) => {
    expect(sent(plainRequest({ settings: { effort } }), dialect)).toMatchObject(members);
  });

  test("a known host has its dialect, any other the generic one", () => {
    expect(dialectOfHost("https://api.openai.com/v1")).toBe("openai");
    expect(dialectOfHost("https://openrouter.ai/api/v1")).toBe("openrouter");
    expect(dialectOfHost("https://api.openai.com.evil.example/v1")).toBe("generic");
    expect(dialectOfHost("http://localhost:11434/v1")).toBe("generic");
  });
});

const anyText = fc.string({ unit: "binary", maxLength: 20 });
const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  anyText.map(user),
  fc.record({
    role: fc.constant("assistant" as const),
    provider: fc.constantFrom("here", "elsewhere"),
    model: fc.constant("m"),
    content: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant("text" as const), text: anyText }),
        fc.record({ type: fc.constant("reasoning" as const), text: anyText }),
        fc.record({
          type: fc.constant("tool-call" as const),
          callId: anyText,
          name: fc.constant("one"),
          argumentsText: fc.dictionary(anyText, fc.jsonValue()).map((value) => JSON.stringify(value)),
        }),
      ),
      { maxLength: 4 },
    ),
  }),
  fc.record({
    role: fc.constant("tool" as const),
    callId: anyText,
    toolName: fc.constant("one"),
    content: anyText,
    isError: fc.boolean(),
  }),
);

test("R1: a conversation that was sent while it grew is the same bytes as one sent from nothing", () => {
  const growth = fc.array(fc.array(anyMessage, { maxLength: 3 }), { maxLength: 8 });
  fc.assert(
    fc.property(growth, fc.constantFrom(...(Object.keys(dialects) as DialectName[])), (steps, dialect) => {
      const kept = new RequestBodies(chatFormat("here", dialects[dialect]));
      const messages: Message[] = [];
      for (const step of steps) {
        messages.push(...step);
        const body = kept.render(plainRequest({ messages, tools }));
        const fresh = new RequestBodies(chatFormat("here", dialects[dialect]));
        const expected = fresh.render(plainRequest({ messages: [...messages], tools }));
        expect(Buffer.from(body.bytes).toString()).toBe(Buffer.from(expected.bytes).toString());
        expect(() => JSON.parse(Buffer.from(body.bytes).toString())).not.toThrow();
        body.giveBack();
      }
    }),
    { numRuns: 60 },
  );
});
