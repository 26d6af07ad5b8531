import type { JsonValue, Message, ToolDeclaration } from "@lathe/kernel";
import { type AnswerSchema, askForAnswer, compileSchema, findAnswer } from "@lathe/structured-output";
import { expect, test } from "vitest";
import { answerOf, createProvider, eventsOf, requestFor, textOf, user } from "../../testing/stage.ts";

function compiled(schema: JsonValue): AnswerSchema {
  const result = compileSchema(schema);
  if (result.kind === "refused") throw new Error(result.message);
  return result.schema;
}

const findings = compiled({
  type: "object",
  properties: {
    findings: { type: "array", items: { type: "object", properties: { title: { type: "string" } } } },
    done: { type: "boolean" },
  },
  required: ["findings", "done"],
  additionalProperties: false,
});

const tools: readonly ToolDeclaration[] = ["list_files", "run_command", "write_file"].map((name) => ({
  name,
  description: name,
  parameters: { type: "object", properties: { path: {}, command: {}, content: {} } },
}));

async function play(messages: readonly Message[]) {
  const events = await eventsOf(createProvider(), requestFor("demo", messages, tools));
  const calls = events.filter((event) => event.type === "tool-call").map(({ name }) => name);
  return { events, calls, text: textOf(events) };
}

test("an answer that has to fit a schema is made up, streamed, and counted", async () => {
  const { events, calls, text } = await play([user(askForAnswer("Review the change.", findings))]);
  expect(calls).toEqual([]);
  expect(text).toMatch(/^```json\n\{[\s\S]*\n```$/);
  const answer = findAnswer(text);
  expect(answer).toEqual({ kind: "found", value: expect.objectContaining({ done: true }) });
  if (answer.kind === "found") expect(findings.check(answer.value)).toEqual([]);
  expect(events.filter(({ type }) => type === "text-delta").length).toBeGreaterThan(3);
  expect(events.slice(-2)).toEqual([
    { type: "usage", usage: expect.objectContaining({ outputTokens: expect.any(Number) }) },
    { type: "finish", reason: "stop", rawReason: "stop" },
  ]);
});

test("the same words get the same answer, and others another", async () => {
  const ask = (prompt: string) => play([user(askForAnswer(prompt, findings))]);
  const texts = await Promise.all(["one", "one", "two", "three", "four", "five"].map(ask));
  expect(texts[0]?.text).toBe(texts[1]?.text);
  expect(new Set(texts.map(({ text }) => text)).size).toBeGreaterThan(1);
});

test("a short prompt that wishes for tools has them called first", async () => {
  const words = user(askForAnswer("list the files", findings));
  const first = await play([words]);
  expect(first.calls).toEqual(["list_files"]);
  const [call] = first.events.filter((event) => event.type === "tool-call");
  const result = { callId: call?.callId ?? "", toolName: "list_files", content: "a.ts\t1", isError: false };
  const second = await play([words, answerOf(first.events), { role: "tool", ...result }]);
  expect(second.calls).toEqual([]);
  expect(findAnswer(second.text).kind).toBe("found");
});

test("a long prompt that happens to hold phrases is answered without them", async () => {
  const prompt = `List the files, run \`npm test\`, and write a file notes.txt with hello. ${"Think about it. ".repeat(40)}`;
  const { calls, text } = await play([user(askForAnswer(prompt, findings))]);
  expect([calls, findAnswer(text).kind]).toEqual([[], "found"]);
});

test("the words of a schema are no wishes", async () => {
  const schema = compiled({ type: "string", description: "list the files" });
  expect((await play([user(askForAnswer("Think.", schema))])).calls).toEqual([]);
});

test("it says so where nothing can be made up", async () => {
  const impossible = compiled({ type: "array", items: { type: "boolean" }, minItems: 3, uniqueItems: true });
  const { text } = await play([user(askForAnswer("Think.", impossible))]);
  expect(text).toContain("could not make up a value");
});
