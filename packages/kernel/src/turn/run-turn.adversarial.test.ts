import fc from "fast-check";
import { expect, test } from "vitest";
import type { Message } from "../contracts/message.ts";
import type { ProviderEvent, ProviderFailure } from "../contracts/provider.ts";
import { type Act, type Rehearsal, rehearse, stageTool } from "../testing/rehearsal.ts";
import { Transcript } from "./transcript.ts";

const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: "stop" };
const callsFinish: ProviderEvent = { type: "finish", reason: "tool-calls", rawReason: "tool_calls" };

function say(text: string): ProviderEvent {
  return { type: "text-delta", text };
}

function call(callId: string, name: string, argumentsText = "{}"): ProviderEvent {
  return { type: "tool-call", callId, name, argumentsText };
}

function dones(stage: Rehearsal): number {
  return stage.events.filter((event) => event.type === "done").length;
}

/** Calls without a result right behind them, over everything that was ever sent or kept. */
function danglingCalls(messages: readonly Message[]): string[] {
  const dangling: string[] = [];
  let open: string[] = [];
  for (const message of [...messages, { role: "user" as const, content: [] }]) {
    if (message.role === "tool") {
      open = open.filter((callId) => callId !== message.callId);
      continue;
    }
    dangling.push(...open);
    open = message.role === "assistant" ? callIdsOf(message) : [];
  }
  return dangling;
}

function callIdsOf(message: Extract<Message, { role: "assistant" }>): string[] {
  return message.content.flatMap((part) => (part.type === "tool-call" ? [part.callId] : []));
}

test("an abort wins over a tool that never settles, and the calls leave the transcript", async () => {
  const hang = stageTool("hang", () => new Promise(() => {}), { concurrencySafe: false, readOnly: false });
  const stage = rehearse({
    calls: [[[say("Wait."), call("c1", "hang"), call("c2", "hang", '{"again":true}'), callsFinish]]],
    tools: [hang],
    desk: {
      approve: async () => {
        queueMicrotask(() => stage.abort());
        return { kind: "allowed" };
      },
    },
  });
  const done = await stage.run();
  expect(done.finishReason).toBe("aborted");
  const step = stage.commits.flat()[0];
  expect(step).toMatchObject({
    finishReason: "aborted",
    message: { content: [{ type: "text", text: "Wait." }], interrupted: true },
    toolResults: [],
    toolCalls: [{ callId: "c1", outcome: "aborted" }],
  });
  expect(danglingCalls(stage.plan.transcript.forRequest())).toEqual([]);
});

test("an abort wins over a provider that does not hear it", async () => {
  const stage = rehearse({
    calls: [[[say("Half")], { kind: "do", run: () => stage.abort() }, { kind: "deaf" }]],
  });
  const done = await stage.run();
  expect(done.finishReason).toBe("aborted");
  expect(stage.commits.flat()[0]).toMatchObject({
    message: { content: [{ type: "text", text: "Half" }], interrupted: true },
  });
});

test("an abort ends a wait before the next attempt at once", async () => {
  const failure: ProviderFailure = {
    kind: "overloaded",
    message: "Overloaded.",
    status: 529,
    code: null,
    retryable: true,
    retryAfterMs: 1_800_000,
  };
  const stage = rehearse({ calls: [[[{ type: "error", failure }]]] });
  const startedMs = stage.desk.monotonic();
  stage.desk.after(50, () => stage.abort());
  const done = await stage.run();
  expect(done.finishReason).toBe("aborted");
  expect(stage.desk.monotonic() - startedMs).toBe(50);
});

test("an abort before the first step still ends the turn once", async () => {
  const stage = rehearse({ calls: [[[say("Never."), stop]]] });
  stage.abort();
  expect(await stage.run()).toMatchObject({ finishReason: "aborted", stepCount: 0 });
  expect(stage.requests).toHaveLength(0);
  expect(dones(stage)).toBe(1);
});

test("a tool that settles after the abort changes nothing any more", async () => {
  let finish: (() => void) | undefined;
  const late = stageTool(
    "late",
    () => new Promise((resolve) => (finish = () => resolve({ content: "too late" }))),
  );
  const stage = rehearse({
    calls: [[[call("c1", "late")], { kind: "do", run: () => stage.abort() }, { kind: "hang" }]],
    tools: [late],
  });
  await stage.run();
  const before = stage.events.length;
  finish?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(stage.events).toHaveLength(before);
});

test("a tool that throws, one that times out, one that is unknown and one with broken arguments all answer the model", async () => {
  const tools = [
    stageTool("throws", async () => {
      throw new Error("No such luck.");
    }),
    stageTool("slow", () => new Promise(() => {}), { timeoutMs: 5_000 }),
    stageTool("odd", async () => undefined as never),
  ];
  const stage = rehearse({
    calls: [
      [
        [
          call("c1", "throws"),
          call("c2", "slow"),
          call("c3", "nothing"),
          call("c4", "throws", '{"a":'),
          call("c5", "odd"),
          call("c6", "throws", "[1]"),
          callsFinish,
        ],
      ],
      [[say("I see."), stop]],
    ],
    tools,
  });
  expect((await stage.run()).finishReason).toBe("stop");
  const step = stage.commits.flat()[0];
  if (step?.type !== "step-complete") throw new Error("The first commit holds the step.");
  expect(step.toolResults.map((result) => [result.callId, result.isError])).toEqual([
    ["c1", true],
    ["c2", true],
    ["c3", true],
    ["c4", true],
    ["c5", true],
    ["c6", true],
  ]);
  expect(step.toolCalls.map((metrics) => [metrics.callId, metrics.outcome])).toEqual([
    ["c1", "error"],
    ["c2", "timeout"],
    ["c5", "error"],
  ]);
  const sent = stage.requests[1]?.messages.flatMap((message) =>
    message.role === "assistant" ? message.content : [],
  );
  expect(sent?.map((part) => (part.type === "tool-call" ? JSON.parse(part.argumentsText) : part))).toEqual(
    Array(6).fill({}),
  );
});

test("F9: two calls with one id get an id each, and both are answered", async () => {
  const look = stageTool("look", async (input) => ({ content: JSON.stringify(input) }));
  const stage = rehearse({
    calls: [
      [[call("c1", "look", '{"a":1}'), call("c1", "look", '{"a":2}'), callsFinish]],
      [[say("Fine."), stop]],
    ],
    tools: [look],
  });
  await stage.run();
  const results = stage.requests[1]?.messages.filter((message) => message.role === "tool") ?? [];
  expect(results.map((result) => result.content)).toEqual(['{"a":1}', '{"a":2}']);
  expect(new Set(results.map((result) => result.callId)).size).toBe(2);
});

test("F9: ten thousand calls in one step are answered, and only the first 128 run", async () => {
  let ran = 0;
  const look = stageTool("look", async () => ({ content: String(++ran) }));
  const calls = Array.from({ length: 10_000 }, (_, index) => call(`c${index}`, "look", `{"at":${index}}`));
  const stage = rehearse({ calls: [[[...calls, callsFinish]], [[say("Many."), stop]]], tools: [look] });
  await stage.run();
  expect(ran).toBe(128);
  expect(stage.requests[1]?.messages.filter((message) => message.role === "tool")).toHaveLength(10_000);
});

test("F9: arguments nested beyond reason are refused before anything recurses into them", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const stage = rehearse({
    calls: [[[call("c1", "look", deep), callsFinish]], [[say("Deep."), stop]]],
    tools: [look],
  });
  await stage.run();
  expect(stage.requests[1]?.messages.at(-1)).toMatchObject({ isError: true });
});

test("a tool that returns fifty million characters is cut with a notice", async () => {
  const flood = stageTool("flood", async () => ({ content: "x".repeat(50_000_000) }));
  const stage = rehearse({
    calls: [[[call("c1", "flood"), callsFinish]], [[say("Much."), stop]]],
    tools: [flood],
  });
  await stage.run();
  const result = stage.requests[1]?.messages.at(-1);
  if (result?.role !== "tool") throw new Error("The last message is the result.");
  expect(result.content.length).toBeLessThan(140_000);
  expect(result.content.endsWith("of 50000000 characters are not shown]")).toBe(true);
});

test("a tool that is not concurrency-safe runs alone, safe ones beside each other up to the limit", async () => {
  const running = new Set<string>();
  const crowds: string[][] = [];
  const busy = (name: string, concurrencySafe: boolean) =>
    stageTool(
      name,
      async (_input, context) => {
        running.add(context.callId);
        crowds.push([...running]);
        await stage.desk.sleep(10, context.signal);
        running.delete(context.callId);
        return { content: name };
      },
      { concurrencySafe, readOnly: concurrencySafe },
    );
  const stage = rehearse({
    calls: [
      [
        [
          call("s1", "safe", '{"n":1}'),
          call("s2", "safe", '{"n":2}'),
          call("s3", "safe", '{"n":3}'),
          call("x1", "alone"),
          call("s4", "safe", '{"n":4}'),
          callsFinish,
        ],
      ],
      [[say("Done."), stop]],
    ],
    tools: [busy("safe", true), busy("alone", false)],
    limits: { toolConcurrencyMax: 2 },
  });
  await stage.run();
  expect(crowds.every((crowd) => crowd.length <= 2)).toBe(true);
  expect(crowds.some((crowd) => crowd.length === 2)).toBe(true);
  expect(crowds.filter((crowd) => crowd.includes("x1"))).toEqual([["x1"]]);
  expect(crowds.map((crowd) => crowd.at(-1))).toEqual(["s1", "s2", "s3", "x1", "s4"]);
});

test("a read-only call starts while the model still speaks; one that writes waits, and so does what is behind it", async () => {
  const log: string[] = [];
  const note = (name: string, readOnly: boolean) =>
    stageTool(
      name,
      async () => {
        log.push(name);
        return { content: name };
      },
      { readOnly, concurrencySafe: readOnly },
    );
  const spoke: Act = { kind: "do", run: () => log.push("the model goes on") };
  const stage = rehearse({
    calls: [
      [
        [call("c1", "read")],
        { kind: "wait", ms: 1 },
        spoke,
        [call("c2", "write"), call("c3", "read", '{"later":true}')],
        { kind: "wait", ms: 1 },
        spoke,
        [callsFinish],
      ],
      [[say("Done."), stop]],
    ],
    tools: [note("read", true), note("write", false)],
  });
  await stage.run();
  expect(log).toEqual(["read", "the model goes on", "the model goes on", "write", "read"]);
});

test("identical calls of one step run once and share the result", async () => {
  let ran = 0;
  const look = stageTool("look", async () => ({ content: String(++ran) }));
  const stage = rehearse({
    calls: [
      [[call("c1", "look", '{"a":1,"b":2}'), call("c2", "look", '{"b":2,"a":1}'), callsFinish]],
      [[say("Once."), stop]],
    ],
    tools: [look],
  });
  await stage.run();
  expect(ran).toBe(1);
  const results = stage.requests[1]?.messages.filter((message) => message.role === "tool");
  expect(results?.map((result) => [result.callId, result.content])).toEqual([
    ["c1", "1"],
    ["c2", "1"],
  ]);
});

test("where the store refuses, the turn rejects with the store's own error and shows no done", async () => {
  const full = new Error("The disk is full.");
  const stage = rehearse({
    calls: [[[say("Hello."), stop]]],
    desk: {
      record: async () => {
        throw full;
      },
    },
  });
  await expect(stage.run()).rejects.toBe(full);
  expect(dones(stage)).toBe(0);
  expect(stage.plan.transcript.length).toBe(1);
});

// A random turn: what each model call does, when the abort comes, what the tools do.
const failureKind = fc.constantFrom<ProviderFailure["kind"]>("rate-limit", "server", "auth", "network");
const providerEvent: fc.Arbitrary<ProviderEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 5 }).map(say) },
  { weight: 1, arbitrary: fc.constant<ProviderEvent>({ type: "reasoning-delta", text: "hm" }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom("c1", "c2", "c3"),
        fc.constantFrom("ok", "throws", "hangs", "absent"),
        fc.constantFrom("{}", "", "{", '{"n":1}'),
      )
      .map(([id, name, text]) => call(id, name, text)),
  },
  {
    weight: 1,
    arbitrary: fc.constant<ProviderEvent>({
      type: "usage",
      usage: {
        inputTokens: 1,
        outputTokens: 1,
        cacheReadTokens: null,
        cacheWriteTokens: null,
        reasoningTokens: null,
      },
    }),
  },
);
const ending: fc.Arbitrary<readonly Act[]> = fc.oneof(
  fc.constantFrom<readonly Act[]>(
    [[stop]],
    [[callsFinish]],
    [{ kind: "hang" }],
    [{ kind: "deaf" }],
    [{ kind: "throw" }],
    [],
  ),
  fc.tuple(failureKind, fc.boolean()).map(([kind, retryable]): readonly Act[] => {
    const failure = { kind, message: "It failed.", status: null, code: null, retryable, retryAfterMs: null };
    return [[{ type: "error", failure }]];
  }),
);
const modelCall: fc.Arbitrary<readonly Act[]> = fc
  .tuple(
    fc.array(
      fc.oneof(fc.array(providerEvent, { maxLength: 3 }), fc.constant<Act>({ kind: "wait", ms: 700 })),
      { maxLength: 4 },
    ),
    ending,
  )
  .map(([acts, last]) => [...acts, ...last]);

const randomTurn = fc.record({
  calls: fc.array(modelCall, { minLength: 1, maxLength: 5 }),
  fallback: fc.array(modelCall, { minLength: 1, maxLength: 2 }),
  withFallback: fc.boolean(),
  abortAfterMs: fc.option(fc.integer({ min: 0, max: 20_000 })),
  stepCountMax: fc.integer({ min: 1, max: 6 }),
});

test("on every path: one done, at the end; nothing shown twice; no dangling call sent or kept", async () => {
  await fc.assert(
    fc.asyncProperty(randomTurn, async ({ calls, fallback, withFallback, abortAfterMs, stepCountMax }) => {
      const stage = rehearse({
        calls,
        ...(withFallback ? { fallbacks: [fallback] } : {}),
        limits: { stepCountMax },
        tools: [
          stageTool("ok", async () => ({ content: "fine" })),
          stageTool("throws", async () => {
            throw new Error("No.");
          }),
          stageTool("hangs", () => new Promise(() => {}), {
            concurrencySafe: false,
            readOnly: false,
            timeoutMs: 9_000,
          }),
        ],
      });
      if (abortAfterMs !== null) stage.desk.after(abortAfterMs, stage.abort);
      const done = await stage.run();

      expect(dones(stage)).toBe(1);
      expect(stage.events.at(-1)).toBe(done);
      for (const request of stage.requests) expect(danglingCalls(request.messages)).toEqual([]);
      expect(danglingCalls(stage.plan.transcript.forRequest())).toEqual([]);
      expectShownOnce(stage);
      expectSameAfterReload(stage);
    }),
    { numRuns: 1_000 },
  );
});

/** What was streamed in a step is what was recorded of it, no more and no less. */
function expectShownOnce(stage: Rehearsal): void {
  const shown = new Map<string, string>();
  const recorded = new Map<string, string>();
  for (const event of stage.events) {
    if (event.type === "text-delta") shown.set(event.stepId, (shown.get(event.stepId) ?? "") + event.text);
    if (event.type !== "step-complete") continue;
    expect(recorded.has(event.stepId)).toBe(false);
    const text = (event.message?.content ?? [])
      .map((part) => (part.type === "text" ? part.text : ""))
      .join("");
    recorded.set(event.stepId, text);
  }
  for (const [stepId, text] of recorded) expect(text).toBe(shown.get(stepId) ?? "");
  expect([...shown.keys()].every((stepId) => recorded.has(stepId))).toBe(true);
}

/** A crash after the last commit loses nothing: the transcript built from what was recorded is the same. */
function expectSameAfterReload(stage: Rehearsal): void {
  const messages: Message[] = [{ role: "user", content: [{ type: "text", text: "Begin." }] }];
  for (const event of stage.commits.flat()) {
    if (event.type !== "step-complete") continue;
    if (event.message !== undefined) messages.push(event.message);
    messages.push(...event.toolResults);
  }
  expect(new Transcript(messages).forRequest()).toEqual(stage.plan.transcript.forRequest());
}
