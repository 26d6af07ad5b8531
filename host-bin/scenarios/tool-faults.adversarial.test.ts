// Tools that throw, never settle or say too much: the model is told, the turn goes on, and so does the conversation.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StepComplete } from "@lathe/kernel";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { chatCallAnswer } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { canaryKeys, Stage } from "../testing/stage.ts";
import { endingOf, type WatchedTurn } from "../testing/watched-conversation.ts";
import { expectWellFormed } from "../testing/well-formed-request.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const program = fileURLToPath(new URL("../testing/trouble-daemon.ts", import.meta.url));

let stage: Stage;
let daemon: DaemonProcess;
beforeAll(async () => {
  stage = await Stage.open();
  daemon = await stage.start({ program });
});
afterEach(() => stage.server.forget());
afterAll(() => stage.close());

interface Trouble {
  readonly name: string;
  readonly tool: string;
  readonly input: object;
  readonly outcome: string;
  readonly told: RegExp;
  readonly toldLengthMax: number;
}

const troubles: readonly Trouble[] = [
  {
    name: "F19: a tool that throws",
    tool: "throw_error",
    input: {},
    outcome: "error",
    told: /throw_error failed: The tool is broken\./,
    toldLengthMax: 200,
  },
  {
    name: "F19: a tool that throws what cannot even be shown",
    tool: "throw_nonsense",
    input: {},
    outcome: "error",
    told: /throw_nonsense failed/,
    toldLengthMax: 200,
  },
  {
    name: "F19: a tool that gives back no output",
    tool: "return_nothing",
    input: {},
    outcome: "error",
    told: /not an output/,
    toldLengthMax: 200,
  },
  {
    name: "a tool that never settles is given up after its time",
    tool: "never_settle_briefly",
    input: {},
    outcome: "timeout",
    told: /did not finish within 0\.1 s/,
    toldLengthMax: 200,
  },
  {
    name: "a tool that returns 50 MB is cut, and the model is told so",
    tool: "say_much",
    input: { length: 50_000_000 },
    outcome: "ok",
    told: /^much .*\[cut: \d+ of 50000000 characters are not shown\]$/s,
    toldLengthMax: 132_000,
  },
  {
    name: "F18: a command that writes 50 MB is cut, and the model is told so",
    tool: "run_command",
    input: { command: "yes much | head -c 50000000" },
    outcome: "ok",
    told: /truncated \d+ bytes/,
    toldLengthMax: 33_000,
  },
  {
    name: "an input that does not fit the tool",
    tool: "say_much",
    input: { size: "large" },
    outcome: "invalid-input",
    told: /input of say_much is not valid/,
    toldLengthMax: 1_000,
  },
];

test.each(troubles)("$name", async ({ tool, input, outcome, told, toldLengthMax }) => {
  const conversation = await stage.begin(daemon);
  const call = { id: "call_1", name: tool, argumentsText: JSON.stringify(input) };
  stage.server.next({ pieces: chatCallAnswer(call) });
  const turn = conversation.send("A question.");
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "stop", stepCount: 2 });
  const [step] = stepsOf(turn);
  expect(step?.toolCalls.map((each) => each.outcome)).toEqual([outcome]);

  const answer = step?.toolResults[0]?.content ?? "";
  expect(answer).toMatch(told);
  expect(answer.length).toBeLessThanOrEqual(toldLengthMax);
  const second = await stage.server.received(1);
  expectWellFormed(second);
  expect(JSON.stringify(second.body)).toContain(JSON.stringify(answer).slice(1, -1));
  await stage.expectGoesOn(conversation);
});

test("F9: 200 calls in one step have a result each, and those beyond the limit are not run", async () => {
  const conversation = await stage.begin(daemon);
  const calls = Array.from({ length: 200 }, (_, index) => {
    return { id: `call_${index}`, name: "say_much", argumentsText: JSON.stringify({ length: index * 5 }) };
  });
  stage.server.next({ pieces: chatCallAnswer(...calls) });
  const turn = conversation.send("A question.");
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "stop", stepCount: 2 });
  const [step] = stepsOf(turn);
  expect(step?.toolResults.map(({ callId }) => callId)).toEqual(calls.map(({ id }) => id));
  expect(step?.toolCalls).toHaveLength(128);
  expectWellFormed(await stage.server.received(1));
  await stage.expectGoesOn(conversation);
});

test("E10: a folder that is gone is told to the model by every tool, and the conversation goes on", async () => {
  const cwd = join(stage.home.folder, "gone");
  await mkdir(cwd);
  const conversation = await stage.begin(daemon, { cwd });
  await rm(cwd, { recursive: true });
  const calls = [
    { id: "call_1", name: "run_command", argumentsText: '{"command":"pwd"}' },
    { id: "call_2", name: "list_files", argumentsText: '{"path":"."}' },
    { id: "call_3", name: "read_file", argumentsText: '{"path":"a.txt"}' },
    { id: "call_4", name: "write_file", argumentsText: '{"path":"a.txt","content":"x"}' },
  ];
  stage.server.next({ pieces: chatCallAnswer(...calls) });
  const turn = conversation.send("A question.");
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "stop", stepCount: 2 });
  const [step] = stepsOf(turn);
  expect(step?.toolCalls.map(({ outcome }) => outcome)).toEqual(Array(4).fill("error"));
  expectWellFormed(await stage.server.received(1));
  await stage.expectGoesOn(conversation);
});

test("E9: the environment of a command holds no key and nothing of the daemon's own", async () => {
  const conversation = await stage.begin(daemon);
  const call = {
    id: "call_1",
    name: "run_command",
    argumentsText: '{"command":"env -0 | tr \\"\\\\0\\" \\"\\\\n\\""}',
  };
  stage.server.next({ pieces: chatCallAnswer(call) });
  const turn = conversation.send("A question.");
  await turn.ended;
  const content = stepsOf(turn)[0]?.toolResults[0]?.content ?? "";
  // It is an environment, and it has what a command needs.
  expect(content).toMatch(/^PATH=/m);
  for (const key of Object.values(canaryKeys)) expect(content).not.toContain(key);
  expect(content).not.toMatch(/^(OPENAI|ANTHROPIC|LATHE_(?!RUN_MARKER)|NODE_OPTIONS|LD_PRELOAD|LMDB)\w*=/m);
  expect(content).not.toContain(daemon.token);
  // The canary would have been seen: the server was sent it.
  expect((await stage.server.received(0)).headers.authorization).toContain(canaryKeys.OPENAI_API_KEY);
});

function stepsOf({ events }: WatchedTurn): readonly StepComplete[] {
  return events.filter((event) => event.type === "step-complete");
}
