// G5, G8: faults, stops, closed tabs, tools and changes of the model in any order leave every conversation sound.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatAnswer, chatCallAnswer, chatCalls, chatText } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import {
  messagesAnswer,
  messagesCall,
  messagesEnd,
  messagesStart,
  messagesText,
} from "../testing/messages-answers.ts";
import type { ModelAnswer, ModelRequest } from "../testing/misbehaving-model-server.ts";
import { Stage } from "../testing/stage.ts";
import { expectSound, type WatchedConversation } from "../testing/watched-conversation.ts";
import { expectWellFormed } from "../testing/well-formed-request.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const conversationCount = 4;
const turnCount = 15;

let stage: Stage;
beforeEach(async () => {
  const agent = { retry: { delaysMs: [5], sleptMsMax: 10 }, limits: { idleMs: 20_000 }, stepCountMax: 5 };
  stage = await Stage.open({ config: { agents: { default: agent } } });
});
afterEach(() => stage.close());

test.each([
  1, 2, 3,
])("seed %i: every turn has its end, every request is one that its API takes", async (seed) => {
  const random = createRandom(seed);
  const daemon = await stage.start();
  const drafts = Array.from({ length: conversationCount }, () => stage.begin(daemon));
  const conversations = await Promise.all(drafts);
  stage.server.otherwise = (request) => pick(random, answersFor(request));
  await Promise.all(conversations.map((conversation) => live(conversation, random)));

  for (const request of stage.server.requests) expectWellFormed(request);
  expect(stage.server.requests.length).toBeGreaterThan(conversationCount * turnCount);
  for (const conversation of conversations) await expectEnded(conversation);
  await expectReadTheSameBy(await restart(daemon), conversations);
});

/** Turns one after the other, some of them stopped, some of them left alone by their client. */
async function live(conversation: WatchedConversation, random: () => number): Promise<void> {
  for (let count = 0; count < turnCount; count += 1) {
    const turn = conversation.send(`Question ${count}.`, {
      model: pick(random, ["openai/a", "anthropic/b"]),
    });
    // One that hangs shows no more.
    await Promise.race([turn.seenCount(1 + Math.floor(random() * 8)), pause(100)]);
    const choice = random();
    if (choice < 0.25) await conversation.stop();
    else if (choice < 0.5) await turn.leave();
    // What hangs ends by a stop alone; everything else has ended by then, or is one more turn that is stopped.
    if (choice >= 0.25) await Promise.race([conversation.idle(), pause(200)]);
    await conversation.stop();
    await turn.ended.catch(() => undefined);
    await conversation.idle();
    await conversation.catchUp(turn);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function expectEnded(conversation: WatchedConversation): Promise<void> {
  const entries = await expectSound(conversation);
  expect(entries.filter(({ type }) => type === "turn-sealed")).toHaveLength(turnCount);
  stage.server.otherwise = ({ path }) => pick(() => 0, answersFor({ path }));
  expect(await conversation.ask("And now?")).toMatchObject({ finishReason: "stop" });
  const last = stage.server.requests.at(-1);
  if (last !== undefined) expectWellFormed(last);
}

async function restart(daemon: DaemonProcess): Promise<DaemonProcess> {
  daemon.process.kill("SIGTERM");
  await daemon.process.ended();
  return stage.start();
}

/** What the next daemon reads of them it sends to a server as well as the last one did. */
async function expectReadTheSameBy(
  daemon: DaemonProcess,
  conversations: readonly WatchedConversation[],
): Promise<void> {
  for (const conversation of conversations) {
    conversation.moveTo(daemon);
    for (const model of ["openai/a", "anthropic/b"]) {
      const turn = conversation.send("And after that?", { model });
      await turn.ended;
      const last = stage.server.requests.at(-1);
      if (last !== undefined) expectWellFormed(last);
    }
    await expectSound(conversation);
  }
}

const call = (id: string, name: string, argumentsText: string) => ({ id, name, argumentsText });
const listing = call("call_1", "list_files", '{"path":"."}');
const broken = call("call_2", "list_files", '{"path": ');
const unknown = call("call_1", "no_such_tool", "{}");
const command = call("call_3", "run_command", '{"command":"echo hello; sleep 0.05"}');
const busy: ModelAnswer = { status: 503, pieces: ['{"error":{"message":"Busy."}}'] };
const refusal: ModelAnswer = { status: 400, pieces: ['{"error":{"message":"No."}}'] };

/** The first one is a plain answer. */
function answersFor({ path }: Pick<ModelRequest, "path">): readonly ModelAnswer[] {
  const anywhere: readonly ModelAnswer[] = [
    busy,
    refusal,
    { ending: "hang" },
    { status: null, ending: "reset" },
  ];
  return [...(path.endsWith("/messages") ? messagesAnswers : chatAnswers), ...anywhere];
}

const chatAnswers: readonly ModelAnswer[] = [
  { pieces: chatAnswer("Well.") },
  { pieces: chatAnswer("One, ", "two, ", "three.") },
  { pieces: [chatText("I look."), ...chatCallAnswer(listing, broken, command)] },
  { pieces: chatCallAnswer(unknown) },
  { pieces: chatCallAnswer(command) },
  { pieces: [chatText("Half"), chatCalls(listing)], ending: "cut" },
  { pieces: [chatText("Half")], ending: "hang" },
  { pieces: [chatCalls(broken)], ending: "hang" },
];

const messagesAnswers: readonly ModelAnswer[] = [
  { pieces: messagesAnswer("Well.") },
  { pieces: messagesAnswer("One, two, three.") },
  {
    pieces: [
      messagesStart(),
      messagesText("I look."),
      messagesCall(listing, 1),
      messagesCall(broken, 2),
      messagesCall(command, 3),
      messagesEnd("tool_use"),
    ],
  },
  { pieces: [messagesStart(), messagesCall(unknown), messagesEnd("tool_use")] },
  { pieces: [messagesStart(), messagesCall(command), messagesEnd("tool_use")] },
  { pieces: [messagesStart(), messagesText("Half"), messagesCall(listing, 1)], ending: "cut" },
  { pieces: [messagesStart(), messagesCall(listing)], ending: "hang" },
  { pieces: [messagesStart(), messagesText(" ")] },
];

function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** The same numbers for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
