// G14, G5: a turn is stopped at each point where it can wait, and the conversation takes the next message at once.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { chatCallAnswer, chatCalls, chatEnd, chatText } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { messagesCall, messagesStart } from "../testing/messages-answers.ts";
import type { ModelAnswer } from "../testing/misbehaving-model-server.ts";
import { Stage } from "../testing/stage.ts";
import { endingOf, type WatchedTurn } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const program = fileURLToPath(new URL("../testing/trouble-daemon.ts", import.meta.url));
const hour = 3_600_000;

let stage: Stage;
let daemon: DaemonProcess;
beforeAll(async () => {
  const retry = { delaysMs: [hour], sleptMsMax: 8 * hour };
  stage = await Stage.open({ config: { agents: { default: { retry } } } });
  daemon = await stage.start({ program });
});
afterEach(() => stage.server.forget());
afterAll(() => stage.close());

interface Point {
  readonly name: string;
  readonly model?: string;
  readonly answers: readonly ModelAnswer[];
  /** Settles when the turn is there. */
  readonly reached: (turn: WatchedTurn) => Promise<unknown>;
  /** What stays of the answer. */
  readonly kept?: string;
}

const call = (name: string, input: object = {}) => {
  return { id: "call_1", name, argumentsText: JSON.stringify(input) };
};

const whileAsking: readonly Point[] = [
  {
    name: "before the first byte of the answer",
    answers: [{ status: null, ending: "hang" }],
    reached: () => stage.server.received(0),
  },
  {
    name: "after the head",
    answers: [{ ending: "hang" }],
    reached: () => stage.server.received(0),
  },
  {
    name: "in the middle of the text",
    answers: [{ pieces: [chatText("Half "), chatText("an answer")], ending: "hang" }],
    reached: (turn) => turn.seen("text-delta", ({ text }) => text.endsWith("answer")),
    kept: "Half an answer",
  },
  {
    name: "while the model writes a call",
    answers: [
      {
        pieces: [chatText("I look."), chatCalls({ id: "call_1", name: "list_files", argumentsText: '{"pa' })],
        ending: "hang",
      },
    ],
    reached: (turn) => turn.seen("tool-call-delta"),
    kept: "I look.",
  },
  {
    name: "while a tool runs that was started before the answer is whole",
    model: "anthropic/test",
    answers: [{ pieces: [messagesStart(), messagesCall(call("never_settle_reading"))], ending: "hang" }],
    reached: (turn) => turn.seen("tool-trace-start"),
  },
];

const whileNotAsking: readonly Point[] = [
  {
    name: "in the wait before another attempt",
    answers: [{ status: 429, pieces: ['{"error":{"message":"Slow down."}}'] }],
    reached: (turn) => turn.seen("provider-retry", ({ delayMs }) => delayMs === hour),
  },
  {
    name: "while a tool runs that never settles",
    answers: [{ pieces: [chatText("I wait."), ...chatCallAnswer(call("never_settle"))] }],
    reached: (turn) => turn.seen("tool-trace-start"),
    kept: "I wait.",
  },
  {
    name: "in the second step, while a tool runs",
    answers: [
      { pieces: chatCallAnswer(call("throw_error")) },
      { pieces: [chatText("Again."), chatCalls(call("never_settle")), chatEnd("tool_calls")] },
    ],
    reached: (turn) => turn.seen("tool-trace-start", ({ name }) => name === "never_settle"),
    kept: "Again.",
  },
];

async function stopAt(point: Point): Promise<void> {
  const conversation = await stage.begin(daemon, { model: point.model ?? "openai/test" });
  stage.server.next(...point.answers);
  const turn = conversation.send("A question.");
  await point.reached(turn);
  expect(await conversation.stop()).toEqual({ stopped: true });
  // What was answered is true: the turn has sealed.
  expect(await conversation.head()).toMatchObject({ state: "idle" });
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "aborted" });
  const steps = turn.events.filter((event) => event.type === "step-complete");
  const [step] = steps.slice(-1);
  expect(step).toMatchObject({ finishReason: "aborted", toolResults: [] });
  const text = step?.message?.content.map((part) => (part.type === "text" ? part.text : part.type)).join("");
  expect(text ?? "").toBe(point.kept ?? "");
  expect(await conversation.stop()).toEqual({ stopped: false });
  await stage.expectGoesOn(conversation);
}

describe("while the model is asked, the connection to it is closed", () => {
  test.each(whileAsking)("$name", async (point) => {
    await stopAt(point);
    expect(await (await stage.server.received(0)).over).toBe("left");
  });
});

describe("while the model is not asked", () => {
  test.each(whileNotAsking)("$name", stopAt);
});

test("G14: a command that runs is dead when the stop is answered, or soon after, with what it started", async () => {
  const conversation = await stage.begin(daemon);
  const command = "sleep 1000 & setsid sleep 1000 & echo $$ $! > pids; echo started; wait";
  stage.server.next({ pieces: chatCallAnswer(call("run_command", { command })) });
  const turn = conversation.send("A question.");
  await turn.seen("tool-trace-start");
  const pids = await readPids(join(stage.workFolder, "pids"));
  expect(pids).toHaveLength(2);
  expect(await areAlive(pids)).toBe(true);
  await conversation.stop();
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "aborted" });
  await vi.waitUntil(async () => !(await areAlive(pids)), { timeout: 30_000 });
  await stage.expectGoesOn(conversation);
});

async function readPids(path: string): Promise<readonly string[]> {
  const read = async (): Promise<string> => readFile(path, "utf8").catch(() => "");
  const text = await vi.waitUntil(read, { timeout: 30_000 });
  return text.trim().split(" ");
}

/** True while any of them runs; one that has ended and was not yet waited for does not. */
async function areAlive(pids: readonly string[]): Promise<boolean> {
  const states = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
  return states.some((stat) => stat !== "" && !/\) [ZX] /.test(stat));
}

test("a stop in the same moment as the end leaves one ending, whichever it is", async () => {
  const conversation = await stage.begin(daemon);
  for (let round = 0; round < 10; round += 1) {
    const turn = conversation.send("A question.");
    if (round % 2 === 0) await turn.seen("step-start");
    else await turn.seen("text-delta");
    await conversation.stop();
    expect(["aborted", "stop"]).toContain(endingOf(await turn.ended).finishReason);
  }
  await stage.expectGoesOn(conversation);
});
