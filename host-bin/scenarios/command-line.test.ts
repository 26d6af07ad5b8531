// What scripts rely on: the exit codes of `lathe run`, and its lines of JSON, against a model server with faults.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConversationEvent } from "@lathe/kernel";
import { ConversationEventSchema } from "@lathe/wire";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { chatAnswer, chatCallAnswer, chatText } from "../testing/chat-answers.ts";
import { type Ending, LatheProcess, runLathe } from "../testing/lathe-process.ts";
import { Stage } from "../testing/stage.ts";
import { endingOf } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const retry = { delaysMs: [10], sleptMsMax: 10 };
const busy = { status: 503, pieces: ['{"error":{"message":"Too busy."}}'] };

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open({ config: { agents: { default: { retry } } } });
});
afterEach(() => stage.close());

const surroundings = () => ({ environment: stage.home.environment, cwd: stage.workFolder });

function run(...argv: readonly string[]): Promise<Ending> {
  return runLathe(["run", "--state", stage.home.stateFolder, ...argv], surroundings());
}

/** Every line is an event of the protocol, and together they are one whole turn. */
function readEvents({ stdout }: Ending): readonly ConversationEvent[] {
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => v.parse(ConversationEventSchema, JSON.parse(line)) as ConversationEvent);
}

test("0 with the answer on standard output, and a wait for the server told beside it", async () => {
  stage.server.next(busy);
  const { code, stdout, stderr } = await run("A question.");
  expect(stderr).toMatch(/Too busy\. Trying again in 10 ms \(attempt 2\)\./);
  expect(stdout).toBe("All is well.\n");
  expect(code).toBe(exitCodes.ok);
});

test("1 with the reason when the model cannot be asked", async () => {
  stage.server.next(busy, busy);
  const { code, stdout, stderr } = await run("A question.");
  expect(stderr).toMatch(/The turn failed \(overloaded\): .*Too busy\./);
  expect(stdout).toBe("");
  expect(code).toBe(exitCodes.failed);
});

test("1 with what was said when the answer breaks off", async () => {
  stage.server.next({ pieces: [chatText("Half an answer")], ending: "cut" });
  const { code, stdout, stderr } = await run("A question.");
  expect(stdout).toBe("Half an answer\n");
  expect(stderr).toMatch(/The turn failed \(truncated\)/);
  expect(code).toBe(exitCodes.failed);
});

test.each([
  { argv: ["run"] },
  { argv: ["run", "two", "prompts"] },
  { argv: ["run", " "] },
  { argv: ["run", "Hello.", "--no-such-option"] },
  { argv: ["no-such-command"] },
])("2 for a wrong command line: $argv", async ({ argv }) => {
  const { code, stdout, stderr } = await runLathe(argv, surroundings());
  expect(code).toBe(exitCodes.usage);
  expect(stderr).not.toBe("");
  expect(stdout).toBe("");
  expect(stage.server.requests).toEqual([]);
});

test("130 for Ctrl-C while a command runs, and the turn is sealed as aborted", async () => {
  const call = { id: "call_1", name: "run_command", argumentsText: '{"command":"echo up; sleep 1000"}' };
  stage.server.next({ pieces: chatCallAnswer(call) });
  const argv = ["run", "Wait.", "--json", "--state", stage.home.stateFolder];
  const process = new LatheProcess(argv, surroundings());
  await process.printed(/"type":"tool-trace-start"/);
  process.kill("SIGINT");
  const ending = await process.ended();
  expect(ending.code).toBe(exitCodes.interrupted);
  expect(endingOf(readEvents(ending))).toMatchObject({ finishReason: "aborted" });
});

test("--json prints whole events of the protocol, also of a turn with tools and retries", async () => {
  await writeFile(join(stage.workFolder, "a.txt"), "hello");
  const calls = [
    { id: "call_1", name: "read_file", argumentsText: '{"path":"a.txt"}' },
    { id: "call_2", name: "no_such_tool", argumentsText: "{}" },
  ];
  stage.server.next(busy, { pieces: chatCallAnswer(...calls) }, { pieces: chatAnswer("It says ", "hello.") });
  const ending = await run("Read a.txt.", "--json");
  const events = readEvents(ending);
  expect(endingOf(events)).toMatchObject({ finishReason: "stop", stepCount: 2 });
  const types = new Set(events.map(({ type }) => type));
  for (const type of ["user-message", "turn-start", "step-start", "provider-retry", "tool-result", "usage"]) {
    expect(types).toContain(type);
  }
  expect(events.filter((event) => "seq" in event).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(ending.code).toBe(exitCodes.ok);
});

test("--json of a turn that fails is whole, and the exit code is 1", async () => {
  stage.server.next(busy, busy);
  const ending = await run("A question.", "--json");
  expect(endingOf(readEvents(ending))).toMatchObject({ finishReason: "error" });
  expect(ending.code).toBe(exitCodes.failed);
});
