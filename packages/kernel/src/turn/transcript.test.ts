import fc from "fast-check";
import { expect, test } from "vitest";
import type { AssistantPart, Message } from "../contracts/message.ts";
import { Transcript } from "./transcript.ts";

const callId = fc.constantFrom("c1", "c2", "c3", "c4");

const part: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text: fc.constantFrom("", "words") }),
  fc.record({ type: fc.constant("reasoning" as const), text: fc.constant("thoughts") }),
  fc.record({
    type: fc.constant("tool-call" as const),
    callId,
    name: fc.constant("look"),
    argumentsText: fc.constant("{}"),
  }),
);

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.constant<Message>({ role: "user", content: [{ type: "text", text: "Go on." }] }),
  fc.record({
    role: fc.constant("assistant" as const),
    provider: fc.constant("p"),
    model: fc.constant("m"),
    content: fc.array(part, { maxLength: 4 }),
  }),
  fc.record({
    role: fc.constant("tool" as const),
    callId,
    toolName: fc.constant("look"),
    content: fc.constant("seen"),
    isError: fc.boolean(),
  }),
);

/** What every provider insists on. */
function problemsOf(messages: readonly Message[]): string[] {
  const problems: string[] = [];
  let open = new Set<string>();
  let lastAnswered = -1;
  let order: readonly string[] = [];
  for (const [index, current] of messages.entries()) {
    if (current.role === "tool") {
      if (!open.delete(current.callId)) problems.push(`${index}: a result that nothing asked for`);
      const position = order.indexOf(current.callId);
      if (position < lastAnswered) problems.push(`${index}: results out of the order of the calls`);
      lastAnswered = position;
      continue;
    }
    if (open.size > 0) problems.push(`${index}: calls without a result`);
    open = new Set();
    if (current.role !== "assistant") continue;
    const calls = current.content.filter((candidate) => candidate.type === "tool-call");
    for (const call of calls) {
      if (open.has(call.callId)) problems.push(`${index}: one id for two calls`);
      open.add(call.callId);
    }
    order = [...open];
    lastAnswered = -1;
    const says = current.content.some((candidate) => candidate.type === "text" && candidate.text !== "");
    if (calls.length === 0 && !says) problems.push(`${index}: an empty answer`);
  }
  if (open.size > 0) problems.push("end: calls without a result");
  return problems;
}

test("the checker itself sees a dangling call, an orphan result and an empty answer", () => {
  const dangling: Message = {
    role: "assistant",
    provider: "p",
    model: "m",
    content: [{ type: "tool-call", callId: "c1", name: "look", argumentsText: "{}" }],
  };
  const orphan: Message = { role: "tool", callId: "c9", toolName: "look", content: "", isError: false };
  const empty: Message = { role: "assistant", provider: "p", model: "m", content: [] };
  expect(problemsOf([dangling])).toEqual(["end: calls without a result"]);
  expect(problemsOf([orphan])).toEqual(["0: a result that nothing asked for"]);
  expect(problemsOf([empty])).toEqual(["0: an empty answer"]);
});

test("whatever is appended, a provider is never sent a call without its result", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 12 }),
      fc.integer({ min: 0, max: 12 }),
      (messages, askedAt) => {
        const transcript = new Transcript();
        for (const [index, next] of messages.entries()) {
          transcript.append(next);
          // A request in the middle (a crash, then a reload) must not break what follows.
          if (index === askedAt) expect(problemsOf(transcript.forRequest())).toEqual([]);
        }
        expect(problemsOf(transcript.forRequest())).toEqual([]);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("loading what was repaired changes nothing", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const repaired = new Transcript(messages).forRequest();
      expect(new Transcript(repaired).forRequest()).toEqual(repaired);
    }),
  );
});

test("a well-formed history is kept as it is", () => {
  const messages: Message[] = [
    { role: "user", content: [{ type: "text", text: "Look." }] },
    {
      role: "assistant",
      provider: "p",
      model: "m",
      content: [
        { type: "tool-call", callId: "c1", name: "look", argumentsText: "{}" },
        { type: "tool-call", callId: "c2", name: "look", argumentsText: "{}" },
      ],
    },
    { role: "tool", callId: "c1", toolName: "look", content: "one", isError: false },
    { role: "tool", callId: "c2", toolName: "look", content: "two", isError: false },
    { role: "assistant", provider: "p", model: "m", content: [{ type: "text", text: "Seen." }] },
  ];
  expect(new Transcript(messages).forRequest()).toEqual(messages);
});

test("of two results for one call the first counts, whenever it comes", () => {
  const call = (callId: string) =>
    ({ type: "tool-call", callId, name: "look", argumentsText: "{}" }) as const;
  const result = (callId: string, content: string) =>
    ({ role: "tool", callId, toolName: "look", content, isError: false }) as const;
  const asked: Message = { role: "assistant", provider: "p", model: "m", content: [call("c1"), call("c2")] };
  const stored = [
    asked,
    result("c2", "first"),
    result("c2", "again"),
    result("c1", "one"),
    result("c1", "again"),
  ];
  expect(new Transcript(stored).forRequest()).toEqual([asked, result("c1", "one"), result("c2", "first")]);
});

test("an interrupted call is answered with a result that says so", () => {
  const transcript = new Transcript([
    {
      role: "assistant",
      provider: "p",
      model: "m",
      content: [{ type: "tool-call", callId: "c1", name: "look", argumentsText: "{}" }],
    },
  ]);
  expect(transcript.forRequest().at(-1)).toEqual({
    role: "tool",
    callId: "c1",
    toolName: "look",
    content:
      "This call was interrupted before its result was stored. Whether it took effect is unknown; check before repeating it.",
    isError: true,
  });
});

test("the array for requests keeps its identity, so that what was rendered of it can be kept", () => {
  const transcript = new Transcript([{ role: "user", content: [{ type: "text", text: "Look." }] }]);
  const first = transcript.forRequest();
  transcript.append({
    role: "assistant",
    provider: "p",
    model: "m",
    content: [{ type: "text", text: "Yes." }],
  });
  expect(transcript.forRequest()).toBe(first);
});
