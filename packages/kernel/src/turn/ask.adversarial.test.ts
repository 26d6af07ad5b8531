import { expect, test } from "vitest";
import type { Provider, ProviderEvent, ProviderFailure } from "../contracts/provider.ts";
import { type Act, rehearse } from "../testing/rehearsal.ts";

const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: "stop" };
const overloaded: ProviderFailure = {
  kind: "overloaded",
  message: "Overloaded.",
  status: 529,
  code: null,
  retryable: true,
  retryAfterMs: null,
};

function say(text: string): ProviderEvent {
  return { type: "text-delta", text };
}

/** A provider of one stream; `connection` is what it was told to end by. */
function providerOf(stream: () => AsyncIterable<readonly ProviderEvent[]>): {
  readonly provider: Provider;
  readonly connection: () => AbortSignal | undefined;
} {
  let signal: AbortSignal | undefined;
  const provider: Provider = {
    id: "own",
    models: async () => [],
    stream: (_request, context) => {
      signal = context.signal;
      return stream();
    },
  };
  return { provider, connection: () => signal };
}

test("what shows nothing does not keep a step from being asked again, and is not its first token", async () => {
  const nothing: Act = [
    say(""),
    { type: "reasoning-delta", text: "" },
    { type: "error", failure: overloaded },
  ];
  const stage = rehearse({
    calls: [[nothing], [[say("")], { kind: "wait", ms: 40 }, [say("Hello."), stop]]],
  });
  expect((await stage.run()).finishReason).toBe("stop");
  expect(stage.commits.flat()[0]).toMatchObject({ metrics: { timeToFirstTokenMs: 40, decodeMs: 0 } });
});

test.each<[string, (at: number) => ProviderEvent]>([
  ["calls that only begin", (at) => ({ type: "tool-call-start", callId: `c${at}`, name: "look" })],
  ["parts for the provider alone", () => ({ type: "opaque-part", providerData: { blob: "x".repeat(20) } })],
  ["reasoning of data alone", () => ({ type: "reasoning-end", providerData: "x".repeat(20) })],
  [
    "calls that come whole",
    (at) => ({ type: "tool-call", callId: `c${at}`, name: "look", argumentsText: "" }),
  ],
])("F8: an answer without end is cut off, also one of %s", async (_what, eventAt) => {
  const batches = Array.from({ length: 2_000 }, (_, at): Act => [eventAt(at)]);
  const stage = rehearse({ calls: [[...batches, [stop]]], limits: { answerLengthMax: 5_000 } });
  expect(await stage.run()).toMatchObject({ finishReason: "error", failure: { kind: "malformed" } });
});

test("a whole call counts as long as its arguments are, though nothing of it was streamed", async () => {
  const call: ProviderEvent[] = [
    { type: "tool-call-start", callId: "c1", name: "look" },
    { type: "tool-call", callId: "c1", name: "look", argumentsText: `{"a":"${"x".repeat(6_000)}"}` },
  ];
  const stage = rehearse({ calls: [[call, [stop]]], limits: { answerLengthMax: 5_000 } });
  expect(await stage.run()).toMatchObject({ finishReason: "error", failure: { kind: "malformed" } });
});

test("a stream that stays open after its last word is let go, and nobody waits for it", async () => {
  const { provider, connection } = providerOf(async function* () {
    yield [say("Hello."), stop];
    await new Promise(() => {});
  });
  const stage = rehearse({ calls: [], plan: { models: [{ provider, model: "m", settings: {} }] } });
  expect((await stage.run()).finishReason).toBe("stop");
  expect(connection()?.aborted).toBe(false);
  await stage.passTime();
  expect(connection()?.aborted).toBe(true);
});

test("a stream that ends by itself keeps its connection, and leaves no timer behind", async () => {
  const { provider, connection } = providerOf(async function* () {
    yield [say("Hello."), stop];
  });
  const stage = rehearse({ calls: [], plan: { models: [{ provider, model: "m", settings: {} }] } });
  await stage.run();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await stage.passTime()).toBe(0);
  expect(connection()?.aborted).toBe(false);
});

test("F9: counts that cannot be are not reported, and do not spoil the sum", async () => {
  const spend = (inputTokens: number, outputTokens: number): ProviderEvent => ({
    type: "usage",
    usage: {
      inputTokens,
      outputTokens,
      cacheReadTokens: Number.POSITIVE_INFINITY,
      cacheWriteTokens: 1.5,
      reasoningTokens: undefined as unknown as null,
    },
  });
  const stage = rehearse({
    calls: [
      [
        [say("Hello."), spend(Number.NaN, -3)],
        [spend(7, Number.NaN), stop],
      ],
    ],
  });
  const usage = {
    inputTokens: 7,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
  };
  expect(await stage.run()).toMatchObject({ usage, contextSize: 7 });
  expect(stage.events.find((event) => event.type === "usage")).toMatchObject({ usage, contextSize: 7 });
});

test("what an adapter throws may hold a key: it is not shown", async () => {
  const { provider } = providerOf(() => {
    throw new TypeError('"Bearer sk-secret" is an invalid header value');
  });
  const stage = rehearse({ calls: [], plan: { models: [{ provider, model: "m", settings: {} }] } });
  expect(await stage.run()).toMatchObject({ finishReason: "error", failure: { kind: "malformed" } });
  expect(JSON.stringify([stage.events, stage.records])).not.toContain("sk-secret");
  expect(JSON.stringify(stage.events)).toContain("TypeError");
});

test("half a character of an answer never reaches the transcript, and one in two deltas stays whole", async () => {
  const stage = rehearse({
    calls: [[[say("\ud83d"), say("\ude00 and "), say("\ud83d")], [stop]]],
  });
  await stage.run();
  expect(stage.commits.flat()[0]).toMatchObject({
    message: { content: [{ type: "text", text: "😀 and \ufffd" }] },
  });
});

test.each<[string, () => unknown]>([
  ["no stream at all", () => undefined],
  [
    "a stream of what is no batch",
    async function* () {
      yield undefined;
    },
  ],
  [
    "an iterator whose next answers at once",
    () => ({ [Symbol.asyncIterator]: () => ({ next: () => ({}) }) }),
  ],
  [
    "an iterator that answers with nothing",
    () => ({ [Symbol.asyncIterator]: () => ({ next: async () => undefined }) }),
  ],
])("an adapter that gives %s has failed, and the turn ends", async (_what, stream) => {
  const { provider } = providerOf(stream as () => AsyncIterable<readonly ProviderEvent[]>);
  const stage = rehearse({ calls: [], plan: { models: [{ provider, model: "m", settings: {} }] } });
  expect(await stage.run()).toMatchObject({ finishReason: "error", failure: { kind: "malformed" } });
});

test("a call that begins twice under one id is one call", async () => {
  const start: ProviderEvent = { type: "tool-call-start", callId: "c1", name: "look" };
  const whole: ProviderEvent = { type: "tool-call", callId: "c1", name: "look", argumentsText: '{"a":1}' };
  const stage = rehearse({ calls: [[[start, start, whole, { ...stop, reason: "length" }]]] });
  await stage.run();
  const shown = stage.events.filter(
    (event) => event.type === "tool-call-delta" || event.type === "tool-call",
  );
  expect(shown.map((event) => event.type)).toEqual(["tool-call-delta", "tool-call"]);
});
