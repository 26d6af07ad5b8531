import type { ProviderEvent, ToolDeclaration } from "@lathe/kernel";
import { expect, test } from "vitest";
import { answerOf, createProvider, eventsOf, requestFor, textOf, user } from "../../testing/stage.ts";

type Answers = Readonly<Record<string, string | Error>>;

const schemas: Readonly<Record<string, readonly string[]>> = {
  list_files: ["path", "recursive"],
  read_file: ["path"],
  search_files: ["query", "path"],
  write_file: ["path", "content"],
  run_command: ["command"],
};

function declared(...names: readonly string[]): readonly ToolDeclaration[] {
  return names.map((name) => {
    const properties = Object.fromEntries(
      (schemas[name] ?? []).map((property) => [property, { type: "string" }]),
    );
    return { name, description: name, parameters: { type: "object", properties } };
  });
}

const everyTool = declared(...Object.keys(schemas));
const listing = "LICENSE\t1,067\nREADME.md\t12\nsrc/\nlarge.bin\t2,500";

/** Plays a turn to its end; each tool answers as told. Returns the calls of each step and the last text. */
async function playTurn(words: string, answers: Answers, tools = everyTool) {
  const provider = createProvider();
  const messages = [user(words)];
  const steps: string[][] = [];
  for (;;) {
    const events: readonly ProviderEvent[] = await eventsOf(provider, requestFor("demo", messages, tools));
    const calls = events.filter((event) => event.type === "tool-call");
    if (calls.length === 0) return { steps, text: textOf(events), usage: usageOf(events), events };
    steps.push(calls.map(({ name, argumentsText }) => `${name} ${argumentsText}`));
    messages.push(answerOf(events));
    for (const { callId, name } of calls) {
      const answer = answers[name] ?? new Error("The test has no answer.");
      const isError = answer instanceof Error;
      const content = isError ? answer.message : answer;
      messages.push({ role: "tool", callId, toolName: name, content, isError });
    }
  }
}

function usageOf(events: readonly ProviderEvent[]) {
  return events.find((event) => event.type === "usage")?.usage;
}

test("the newcomer's question is answered from a real listing", async () => {
  const words = "list the files in this folder and tell me which is the largest";
  const { steps, text, usage } = await playTurn(words, { list_files: listing });
  expect(steps).toEqual([['list_files {"path":".","recursive":false}']]);
  expect(text).toBe(
    "In this folder there are 3 files and 1 folder: `LICENSE`, `README.md`, `src/`, `large.bin`.\n\n" +
      "The largest file is `large.bin` with 2,500 bytes (2.4 KiB) (files in subfolders are not counted).",
  );
  expect(usage?.cacheReadTokens).toBeGreaterThan(0);
  expect(usage?.inputTokens).toBeGreaterThan(usage?.cacheReadTokens ?? 0);
});

test("the largest file is read in a step of its own when it is asked for", async () => {
  const { steps, text } = await playTurn("summarize the largest file in src", {
    list_files: "a.ts\t10\nb.ts\t20",
    read_file: "one\ntwo\n",
  });
  expect(steps).toEqual([['list_files {"path":"src","recursive":false}'], ['read_file {"path":"src/b.ts"}']]);
  expect(text).toContain("`b.ts` with 20 bytes");
  expect(text).toContain("`src/b.ts` has 2 lines. It begins:\n\n```\none\ntwo\n```");
});

test("things that do not depend on each other are called for in one step", async () => {
  const { steps, text } = await playTurn("read a.md and b.md, and run `date`", {
    read_file: "hello",
    run_command: "Thursday",
  });
  expect(steps).toEqual([
    ['read_file {"path":"a.md"}', 'read_file {"path":"b.md"}', 'run_command {"command":"date"}'],
  ]);
  expect(text).toContain("`b.md` has 1 line.");
  expect(text).toContain("I ran `date`:\n\n```\nThursday\n```");
});

test("arguments take the names that the tool declares", async () => {
  const { steps } = await playTurn('search for "needle"', { search_files: "a.ts:3: needle" });
  expect(steps).toEqual([['search_files {"query":"needle"}']]);
});

test("a tool that is missing, or wants what the demo cannot give, is named instead of called", async () => {
  const without = await playTurn("list the files", {}, declared("read_file"));
  expect(without.steps).toEqual([]);
  expect(without.text).toContain("`list_files`");
  const [readFile] = declared("read_file");
  const demanding = {
    ...readFile,
    parameters: { properties: { path: {}, mood: {} }, required: ["path", "mood"] },
  };
  const strange = await playTurn("read a.md", {}, [demanding as ToolDeclaration]);
  expect([strange.steps, strange.text.includes("`read_file`")]).toEqual([[], true]);
});

test("what can be done is done when another tool is missing", async () => {
  const { steps, text } = await playTurn(
    "read a.md and run `date`",
    { read_file: "hello" },
    declared("read_file"),
  );
  expect(steps).toEqual([['read_file {"path":"a.md"}']]);
  expect(text).toContain("`a.md` has 1 line.");
  expect(text).toContain("`run_command`");
});

test("a tool's error is passed on, not hidden", async () => {
  const { text } = await playTurn("read a.md", { read_file: new Error("a.md does not exist.\nmore") });
  expect(text).toBe("`read_file` could not do that. It says: a.md does not exist.");
});

test.each([
  ["a folder without files", "list the files", "src/", "In this folder there is 1 folder: `src/`."],
  ["no file to be the largest", "which is the largest file here?", "src/", "There is no file among them"],
  ["no sizes", "which is the largest file here?", "a\nb", "does not say how large"],
  ["an empty listing", "list the files", "", "(nothing)"],
])("%s is said as it is", async (_what, words, content, said) => {
  expect((await playTurn(words, { list_files: content })).text).toContain(said);
});

test("long output is cut, and cannot close the block that it is shown in", async () => {
  const { text } = await playTurn("run cat it", {
    run_command: `\`\`\`\n# heading\n${"line\n".repeat(100)}`,
  });
  expect(text).toContain("\n\n````\n```\n# heading\n");
  expect(text).toContain("(82 more lines)");
  expect(text.length).toBeLessThan(2_000);
});

test("anything else is answered honestly: what it is, what it can do here, how to have a real model", async () => {
  const { steps, text } = await playTurn("What is love?", {}, declared("read_file"));
  expect(steps).toEqual([]);
  for (const part of [
    "demo model",
    "not a language model",
    "read README.md",
    "ANTHROPIC_API_KEY",
    "lathe models",
  ])
    expect(text).toContain(part);
  expect(text).not.toContain("uname");
});

test("the same question is answered with the same events", async () => {
  const play = () => playTurn("list the files", { list_files: listing });
  expect((await play()).events).toEqual((await play()).events);
});
