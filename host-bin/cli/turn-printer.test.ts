import type { ConversationEvent } from "@lathe/kernel";
import { beforeEach, expect, test } from "vitest";
import { TurnPrinter } from "./turn-printer.ts";

const turn = { conversationId: "cnv_1", turnId: "trn_1" };
const stepIn = (index: number) => ({ ...turn, stepId: `trn_1#${index}` });
const callIn = (index: number) => ({ ...stepIn(index), callId: "call_1", name: "list_files" });

let shown: string[] = [];
let answer = "";
let printer: TurnPrinter;
beforeEach(() => {
  shown = [];
  answer = "";
  printer = new TurnPrinter({
    write: (text) => {
      answer += text;
      shown.push(text);
    },
    aside: (line) => shown.push(`[${line}]`),
  });
});

function show(...events: ConversationEvent[]): void {
  for (const event of events) printer.show(event);
}

const userMessage: ConversationEvent = {
  ...turn,
  type: "user-message",
  content: [{ type: "text", text: "Which is the largest?" }],
  seq: 7,
  atMs: 1,
};

function stepStart(index: number): ConversationEvent {
  return { ...stepIn(index), type: "step-start", index, provider: "scripted", model: "demo" };
}

function stepComplete(index: number, text: string, seq: number): ConversationEvent {
  return {
    ...stepIn(index),
    type: "step-complete",
    index,
    provider: "scripted",
    model: "demo",
    finishReason: "stop",
    message: { role: "assistant", provider: "scripted", model: "demo", content: [{ type: "text", text }] },
    toolResults: [],
    toolCalls: [],
    usage: null,
    contextSize: null,
    metrics: { startedAtMs: 1, timeToFirstTokenMs: 1, decodeMs: 1, totalMs: 1 },
    seq,
    atMs: 1,
  };
}

test("text is written as it comes, and once", () => {
  show(userMessage, stepStart(0));
  show(
    { ...stepIn(0), type: "text-delta", text: "It is " },
    { ...stepIn(0), type: "text-delta", text: "b." },
  );
  show(stepComplete(0, "It is b.", 8));
  printer.finish();
  expect(shown).toEqual(["It is ", "b.", "\n"]);
});

test("a turn that is seen only when its step is complete is shown whole", () => {
  show(userMessage, stepComplete(0, "It is b.", 8));
  printer.finish();
  expect(answer).toBe("It is b.\n");
});

test("a step that is joined in its middle shows what it holds, and then goes on", () => {
  const begun = [
    { ...stepIn(0), type: "step-start", index: 0, provider: "scripted", model: "demo" } as const,
    { ...stepIn(0), type: "text-delta", text: "It is " } as const,
  ];
  show(userMessage, { ...stepIn(0), type: "step-partial", events: begun });
  show({ ...stepIn(0), type: "text-delta", text: "b." });
  expect(answer).toBe("It is b.");
});

test("a tool call is one line when it begins and one when it ends, beside the answer", () => {
  show(userMessage, stepStart(0), { ...stepIn(0), type: "text-delta", text: "Looking." });
  show({ ...callIn(0), type: "tool-call-delta", argumentsText: '{"path"' });
  show({ ...callIn(0), type: "tool-call", input: { path: "." } });
  show({ ...callIn(0), type: "tool-trace-start", input: { path: "." }, startedAtMs: 1 });
  show({ ...callIn(0), type: "tool-trace-finish", outcome: "ok", durationMs: 12, output: "a\nb" });
  show({ ...callIn(0), type: "tool-result", content: "a\nb", isError: false });
  expect(shown).toEqual(["Looking.", "\n", '[> list_files {"path":"."}]', "[  list_files done after 12 ms]"]);
});

test("a tool call that fails says why, in one line", () => {
  show(userMessage, stepStart(0), { ...callIn(0), type: "tool-call", input: {} });
  show({
    ...callIn(0),
    type: "tool-trace-finish",
    outcome: "error",
    durationMs: 2_500,
    output: "no\nsuch file",
  });
  show({ ...callIn(0), type: "tool-result", content: "no\nsuch file", isError: true });
  expect(shown.at(-1)).toBe("[  list_files failed after 2.5 s (error): no such file]");
});

test("a call that was refused before it ran has failed", () => {
  show(userMessage, stepStart(0), { ...callIn(0), type: "tool-call", input: {} });
  show({ ...callIn(0), type: "tool-result", content: "There is no such tool.", isError: true });
  expect(shown.at(-1)).toBe("[  list_files failed (not run): There is no such tool.]");
});

test("a retry is one line for each attempt that failed", () => {
  const retry = { ...stepIn(0), type: "provider-retry", reason: "overloaded", budgetLeftMs: 1 } as const;
  show(userMessage, stepStart(0));
  show({ ...retry, attempt: 1, delayMs: 500, message: "Overloaded." });
  show({ ...retry, attempt: 2, delayMs: 2_000, message: "Overloaded." });
  expect(shown).toEqual([
    "[Overloaded. Trying again in 500 ms (attempt 2).]",
    "[Overloaded. Trying again in 2.0 s (attempt 3).]",
  ]);
});

test("a step that begins again goes on where it says the same, and is shown anew where it does not", () => {
  const again = [stepStart(0), { ...stepIn(0), type: "text-delta", text: "It" } as const];
  show(userMessage, stepStart(0), { ...stepIn(0), type: "text-delta", text: "It is b." });
  show(...again, { ...stepIn(0), type: "text-delta", text: " is b.txt." });
  expect(shown).toEqual(["It is b.", "txt."]);
  show(...again, { ...stepIn(0), type: "text-delta", text: " was c.txt." });
  expect(shown.slice(2)).toEqual(["\n", "[The answer begins again.]", "It was c.txt."]);
});
