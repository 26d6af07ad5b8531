import { type Message, type ProviderRequest, RequestBodies } from "@lathe/extension-kit";
import { plainRequest } from "@lathe/extension-kit/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messagesFormat } from "./messages-format.ts";

const mark = { cache_control: { type: "ephemeral" } };
const newBodies = (): RequestBodies => new RequestBodies(messagesFormat("anthropic", () => 32_000));

function sent(request: ProviderRequest): Record<string, unknown> {
  return JSON.parse(Buffer.from(newBodies().render(request).bytes).toString()) as Record<string, unknown>;
}
function sentMessages(...messages: readonly Message[]): unknown {
  return sent(plainRequest({ system: "", messages })).messages;
}

const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const said = (text: string): Message => ({
  role: "assistant",
  provider: "anthropic",
  model: "m",
  content: [{ type: "text", text }],
});
const result = (callId: string, content = "ok", isError = false): Message => ({
  role: "tool",
  callId,
  toolName: "find",
  content,
  isError,
});
const thoughtful: Message = {
  role: "assistant",
  provider: "anthropic",
  model: "m",
  content: [
    { type: "reasoning", text: "Two calls.", providerData: { signature: "c2ln" } },
    { type: "opaque", providerData: { type: "redacted_thinking", data: "xyz" } },
    { type: "text", text: "Looking." },
    { type: "tool-call", callId: "toolu_a", name: "find", argumentsText: '{ "q": "Käse" }' },
    { type: "tool-call", callId: "toolu_b", name: "find", argumentsText: "{}" },
  ],
};
const tools = [
  {
    name: "find",
    description: "Finds.",
    parameters: { type: "object", properties: { q: { type: "string" } } },
  },
  { name: "list", description: "Lists.", parameters: { type: "object" } },
];

test("a conversation with thinking, parallel calls and their results becomes the wire format", () => {
  const messages = [
    user("Hello."),
    said("Hello!"),
    user("Find cheese and all."),
    thoughtful,
    result("toolu_a", "found 🧀"),
    result("toolu_b", "no such folder", true),
    user("Be quick."),
  ];
  expect(sent(plainRequest({ messages, tools, settings: { temperature: 0.5, topP: 0.9 } }))).toEqual({
    model: "some-model",
    max_tokens: 32_000,
    stream: true,
    temperature: 0.5,
    top_p: 0.9,
    tools: [
      {
        name: "find",
        description: "Finds.",
        input_schema: { type: "object", properties: { q: { type: "string" } } },
      },
      { name: "list", description: "Lists.", input_schema: { type: "object" }, ...mark },
    ],
    system: [{ type: "text", text: "Be brief.", ...mark }],
    messages: [
      { role: "user", content: [{ type: "text", text: "Hello." }] },
      { role: "assistant", content: [{ type: "text", text: "Hello!" }] },
      { role: "user", content: [{ type: "text", text: "Find cheese and all.", ...mark }] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Two calls.", signature: "c2ln" },
          { type: "redacted_thinking", data: "xyz" },
          { type: "text", text: "Looking." },
          { type: "tool_use", id: "toolu_a", name: "find", input: { q: "Käse" } },
          { type: "tool_use", id: "toolu_b", name: "find", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_a", content: "found 🧀" },
          { type: "tool_result", tool_use_id: "toolu_b", content: "no such folder", is_error: true },
          { type: "text", text: "Be quick.", ...mark },
        ],
      },
    ],
  });
});

test("the bytes of a call's input are those that the model wrote", () => {
  const body = newBodies().render(
    plainRequest({ messages: [user("a"), thoughtful, result("toolu_a"), result("toolu_b")] }),
  );
  expect(Buffer.from(body.bytes).toString()).toContain('"input":{ "q": "Käse" }}');
});

test("what is not asked for is not sent, and the messages come last", () => {
  expect(Object.keys(sent(plainRequest({ system: " \n" })))).toEqual([
    "model",
    "max_tokens",
    "stream",
    "messages",
  ]);
});

describe("thinking is asked for only with a wish for effort", () => {
  test.each([
    ["minimal", "low"],
    ["medium", "medium"],
    ["xhigh", "xhigh"],
    ["max", "max"],
  ] as const)("%s is %s, and no temperature goes with it", (effort, word) => {
    const body = sent(
      plainRequest({ settings: { effort, temperature: 0.3, topP: 0.5, outputTokensMax: 500 } }),
    );
    expect(body).toMatchObject({
      max_tokens: 500,
      thinking: { type: "adaptive" },
      output_config: { effort: word },
    });
    expect(body).not.toHaveProperty("temperature");
    expect(body).not.toHaveProperty("top_p");
  });

  test("none is no wish", () => {
    const body = sent(plainRequest({ settings: { effort: "none" } }));
    expect(body).not.toHaveProperty("thinking");
    expect(body).not.toHaveProperty("output_config");
  });
});

describe("messages", () => {
  test("neighbours of one role are one message", () => {
    expect(sentMessages(user("a"), user("b"), said("c"), said("d"), user("e"))).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b", ...mark },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "text", text: "c" },
          { type: "text", text: "d" },
        ],
      },
      { role: "user", content: [{ type: "text", text: "e", ...mark }] },
    ]);
  });

  test("empty and blank texts are never sent, and neighbours meet across what is left out", () => {
    expect(sentMessages(user("a"), said(" \n"), user(""), user("b"))).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b", ...mark },
        ],
      },
    ]);
    expect(
      sentMessages(
        user("a"),
        { ...thoughtful, content: thoughtful.content.slice(3) } as Message,
        result("toolu_a", ""),
      ),
    ).toMatchObject([{}, {}, { content: [{ type: "tool_result", tool_use_id: "toolu_a", ...mark }] }]);
  });

  test("reasoning without a signature, of another provider, or of an answer that was cut is not sent back", () => {
    const unsigned: Message = {
      role: "assistant",
      provider: "anthropic",
      model: "m",
      content: [
        { type: "reasoning", text: "secret" },
        { type: "text", text: "word" },
      ],
    };
    const foreign = { ...thoughtful, provider: "other" } as Message;
    const cut = { ...thoughtful, interrupted: true, content: thoughtful.content.slice(0, 3) } as Message;
    for (const message of [unsigned, foreign, cut]) {
      const rendered = JSON.stringify(sentMessages(user("a"), message, user("b")));
      expect(rendered).not.toMatch(/thinking|secret|Two calls|c2ln|xyz/);
    }
  });

  test("an answer of nothing but thinking is left out", () => {
    const silent = { ...thoughtful, content: thoughtful.content.slice(0, 2) } as Message;
    expect(sentMessages(user("a"), silent, user("b"))).toMatchObject([{ role: "user", content: [{}, {}] }]);
  });

  test("an answer of a server's tool alone is kept", () => {
    const block = { type: "server_tool_use", id: "s", name: "web_search", input: {} };
    const paused: Message = {
      role: "assistant",
      provider: "anthropic",
      model: "m",
      content: [{ type: "opaque", providerData: block }],
    };
    expect(sentMessages(user("a"), paused, user("b"))).toMatchObject([{}, { content: [block] }, {}]);
  });

  test("ids that the API refuses are replaced alike in the call and its result", () => {
    const callId = "functions.find:0";
    const calling: Message = {
      role: "assistant",
      provider: "other",
      model: "m",
      content: [{ type: "tool-call", callId, name: "find", argumentsText: "{}" }],
    };
    const [, call, answer] = sentMessages(user("a"), calling, result(callId)) as {
      content: { id: string; tool_use_id: string }[];
    }[];
    expect(call?.content[0]?.id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(answer?.content[0]?.tool_use_id).toBe(call?.content[0]?.id);
  });
});

const blank = fc.constantFrom("", " ", "\n");
const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: blank },
);
const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  anyText.map(user),
  fc.record({
    role: fc.constant("assistant" as const),
    provider: fc.constantFrom("anthropic", "elsewhere"),
    model: fc.constant("m"),
    content: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant("text" as const), text: anyText }),
        fc.record({
          type: fc.constant("reasoning" as const),
          text: anyText,
          providerData: fc.constantFrom({ signature: "s" }, { signature: "" }),
        }),
        fc.constant({ type: "opaque" as const, providerData: { type: "redacted_thinking", data: "d" } }),
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

interface SentMessage {
  readonly role: string;
  readonly content: readonly {
    readonly type: string;
    readonly text?: string;
    readonly cache_control?: unknown;
  }[];
}

test("R1: a conversation that was sent while it grew is the same bytes as one sent from nothing", () => {
  const growth = fc.array(fc.array(anyMessage, { maxLength: 3 }), { maxLength: 10 });
  fc.assert(
    fc.property(growth, (steps) => {
      const kept = newBodies();
      const messages: Message[] = [];
      for (const step of steps) {
        messages.push(...step);
        const body = kept.render(plainRequest({ messages, tools }));
        const expected = newBodies().render(plainRequest({ messages: [...messages], tools }));
        expect(Buffer.from(body.bytes).toString()).toBe(Buffer.from(expected.bytes).toString());
        body.giveBack();
      }
    }),
    { numRuns: 80 },
  );
});

test("whatever the conversation, roles alternate, no text is blank, and at most four blocks are marked", () => {
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 12 }), (messages) => {
      const body = sent(plainRequest({ messages, tools })) as { messages: readonly SentMessage[] };
      const roles = body.messages.map(({ role }) => role);
      expect(roles.every((role, index) => role !== roles[index + 1])).toBe(true);
      const blocks = body.messages.flatMap(({ content }) => content);
      expect(body.messages.every(({ content }) => content.length > 0)).toBe(true);
      expect(blocks.every(({ type, text }) => type !== "text" || /\S/.test(text ?? ""))).toBe(true);
      expect(blocks.filter(({ cache_control }) => cache_control !== undefined).length).toBeLessThanOrEqual(2);
      const last = body.messages.findLast(({ role }) => role === "user")?.content.at(-1);
      if (last !== undefined) expect(last.cache_control).toEqual({ type: "ephemeral" });
    }),
    { numRuns: 200 },
  );
});
