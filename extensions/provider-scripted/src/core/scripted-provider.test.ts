import { fakeTimers } from "@lathe/extension-kit/testing";
import type { AssistantMessage, Message, ProviderEvent } from "@lathe/kernel";
import { expect, test } from "vitest";
import { createProvider, eventsOf, requestFor, scriptRequest, textOf, user } from "../testing/stage.ts";

const usage = expect.objectContaining({ type: "usage" });
const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: "stop" };

test("a step plays its reasoning, its text and its calls, in this order, and finishes once", async () => {
  const step = {
    reasoning: "hm",
    text: ["a", "b"],
    calls: [
      { name: "look", input: { at: 1 } },
      { name: "do", argumentsText: "{broken", callId: "mine" },
    ],
  };
  expect(await eventsOf(createProvider(), scriptRequest(step))).toEqual([
    { type: "reasoning-delta", text: "hm" },
    { type: "text-delta", text: "a" },
    { type: "text-delta", text: "b" },
    { type: "tool-call-start", callId: "call_1_0", name: "look" },
    { type: "tool-call-delta", callId: "call_1_0", argumentsText: '{"at":1}' },
    { type: "tool-call", callId: "call_1_0", name: "look", argumentsText: '{"at":1}' },
    { type: "tool-call-start", callId: "mine", name: "do" },
    { type: "tool-call-delta", callId: "mine", argumentsText: "{broken" },
    { type: "tool-call", callId: "mine", name: "do", argumentsText: "{broken" },
    usage,
    { type: "finish", reason: "tool-calls", rawReason: "tool-calls" },
  ]);
});

test("the step is the number of whole answers since the last user message", async () => {
  const provider = createProvider();
  const script = user(JSON.stringify({ steps: [{ text: "first" }, { text: "second" }] }));
  const answer: AssistantMessage = {
    role: "assistant",
    provider: "scripted",
    model: "script",
    content: [{ type: "text", text: "first" }],
  };
  const ask = async (...messages: readonly Message[]) =>
    textOf(await eventsOf(provider, requestFor("script", messages)));
  expect(await ask(script)).toBe("first");
  expect(await ask(script, answer)).toBe("second");
  expect(await ask(script, { ...answer, interrupted: true })).toBe("first");
  expect(await ask(script, answer, answer, script)).toBe("first");
});

test("a script of the configuration is a model of its own", async () => {
  const provider = createProvider({
    greeter: { steps: [{ text: "hello", finish: "length" }] },
    broken: { steps: 1 },
  });
  expect((await provider.models()).map(({ id, contextTokens }) => [id, contextTokens])).toEqual([
    ["demo", 128_000],
    ["script", 128_000],
    ["greeter", 128_000],
    ["broken", 128_000],
  ]);
  expect(await eventsOf(provider, requestFor("greeter", [user("hi")]))).toEqual([
    { type: "text-delta", text: "hello" },
    usage,
    { type: "finish", reason: "length", rawReason: "length" },
  ]);
});

test.each([
  ["script", "not json", "bad-request", /not JSON/],
  ["script", '{"steps":[{"txt":1}]}', "bad-request", /steps\.0\.txt/],
  ["script", '{"steps":[]}', "bad-request", /has 0 steps/],
  ["broken", "hi", "bad-request", /steps/],
  ["constructor", "hi", "model-not-found", /no such model/],
])("%s with %j fails as data", async (model, words, kind, message) => {
  const events = await eventsOf(createProvider({ broken: { steps: 1 } }), requestFor(model, [user(words)]));
  expect(events).toEqual([
    {
      type: "error",
      failure: {
        kind,
        message: expect.stringMatching(message),
        status: null,
        code: null,
        retryable: false,
        retryAfterMs: null,
      },
    },
  ]);
});

test("a failure comes before anything is shown, or after so many deltas, with what the script says of it", async () => {
  const fail = { kind: "rate-limit", status: 429, code: "slow_down", retryAfterMs: 5_000, message: "Wait." };
  const failure = { type: "error", failure: { ...fail, retryable: true } };
  const provider = createProvider();
  expect(await eventsOf(provider, scriptRequest({ calls: [{ name: "look" }], fail }))).toEqual([failure]);
  expect(
    await eventsOf(provider, scriptRequest({ text: ["a", "b", "c"], fail: { ...fail, after: 2 } })),
  ).toEqual([{ type: "text-delta", text: "a" }, { type: "text-delta", text: "b" }, failure]);
  expect(await eventsOf(provider, scriptRequest({ fail: { kind: "auth", status: 401 } }))).toMatchObject([
    { failure: { kind: "auth", status: 401, retryable: false, retryAfterMs: null } },
  ]);
});

test("a failure that is to happen so many times lets the attempts after it through, per step and conversation", async () => {
  const provider = createProvider();
  const request = scriptRequest({ text: "at last", fail: { kind: "server", times: 2 } });
  const attempt = async (conversationId: string) =>
    (await eventsOf(provider, { ...request, conversationId })).at(-1)?.type;
  expect([await attempt("a"), await attempt("a"), await attempt("b"), await attempt("a")]).toEqual([
    "error",
    "error",
    "error",
    "finish",
  ]);
});

test("usage is what the script says, what was said, or nothing", async () => {
  const provider = createProvider();
  const usageOf = async (step: object) => {
    const events = await eventsOf(provider, scriptRequest(step));
    return events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
  };
  expect(await usageOf({ text: "x", usage: null })).toEqual([]);
  const [estimated] = await usageOf({ text: "x".repeat(40), reasoning: "x".repeat(20) });
  expect(estimated).toMatchObject({ outputTokens: 15, reasoningTokens: 5 });
  expect(await usageOf({ usage: { inputTokens: -1, outputTokens: null } })).toMatchObject([
    { inputTokens: -1, outputTokens: null, reasoningTokens: 0 },
  ]);
});

test("a drip cuts text, reasoning and arguments into small pieces and waits before each", async () => {
  const timers = fakeTimers();
  const provider = createProvider({}, timers);
  const seen: string[] = [];
  const played = (async () => {
    const request = scriptRequest({ reasoning: "ab", text: ["cd", "e"], drip: { chars: 1, delayMs: 10 } });
    for await (const batch of provider.stream(request, {
      signal: new AbortController().signal,
    }))
      for (const event of batch) seen.push("text" in event ? event.text : event.type);
  })();
  await timers.advance(29);
  expect(seen).toEqual(["a", "b"]);
  await timers.advance(21);
  await played;
  expect(seen).toEqual(["a", "b", "c", "d", "e", "usage", "finish"]);
});

test("the breaches of the contract are played as written: a stream cut short, a stream that throws", async () => {
  const provider = createProvider();
  expect(await eventsOf(provider, scriptRequest({ text: "half", truncate: true }))).toEqual([
    { type: "text-delta", text: "half" },
  ]);
  await expect(eventsOf(provider, scriptRequest({ text: "half", throw: true }))).rejects.toThrow(
    "script says",
  );
});

test("an empty step says nothing and stops", async () => {
  expect(await eventsOf(createProvider(), scriptRequest({}))).toEqual([usage, stop]);
});
