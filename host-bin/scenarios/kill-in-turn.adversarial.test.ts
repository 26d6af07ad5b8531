// C1, G1, G2, G4, G5: `kill -9` at any moment of a turn with tools takes nothing back that a client was told.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConversationEvent, Entry } from "@lathe/kernel";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatCalls, chatEnd, chatText } from "../testing/chat-answers.ts";
import { killDaemonProcess } from "../testing/daemon-process.ts";
import { LatheProcess } from "../testing/lathe-process.ts";
import type { ModelAnswer } from "../testing/misbehaving-model-server.ts";
import { Stage } from "../testing/stage.ts";
import { endingOf, fold, type WatchedTurn } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const roundCount = 10;

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

test("G5: after each of ten kills everything acknowledged is there, the turn is sealed, and the next message is answered", async () => {
  let daemon = await stage.start();
  const conversation = await stage.begin(daemon);
  let told: readonly Entry[] = [];
  for (let round = 0; round < roundCount; round += 1) {
    stage.server.otherwise = endlessWork();
    const turn = conversation.send(`Round ${round}.`);
    await killWithin(turn, randomCount(), () => killDaemonProcess(daemon));
    // Before the kill something was acknowledged, and at the kill the turn was on its way.
    const seen = turn.events.filter(isEntry);
    expect(seen.map(({ type }) => type).slice(0, 2)).toEqual(["user-message", "turn-start"]);
    expect(seen.some(({ type }) => type === "done")).toBe(false);
    told = [...told, ...seen];

    stage.server.forget();
    daemon = await stage.start();
    conversation.moveTo(daemon);
    const kept = await conversation.entries();
    expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, index) => index + 1));
    // Nothing is missing, and no position was given to anything else.
    for (const entry of told) expect(kept[entry.seq - 1]).toEqual(entry);
    expect(kept.slice(-2).map(({ type }) => type)).toEqual(["done", "turn-sealed"]);
    expect(kept.at(-2)).toMatchObject({ finishReason: "interrupted", turnId: seen[0]?.turnId });
    expect(await conversation.head()).toMatchObject({ state: "idle", lastSeq: kept.length });

    // What the client held when the connection broke becomes the truth with what it reads now.
    await conversation.catchUp(turn);
    expect(fold(conversation.turns.flatMap(({ events }) => events))).toEqual(fold(kept));
    await stage.expectGoesOn(conversation);
    told = await conversation.entries();
  }
  const turnCount = new Set(told.map(({ turnId }) => turnId)).size;
  expect(turnCount).toBe(2 * roundCount);
});

test("C5: a daemon that is killed while it takes up what another one left seals it at the next start", async () => {
  const first = await stage.start();
  const conversations = await Promise.all(Array.from({ length: 8 }, () => stage.begin(first)));
  stage.server.otherwise = endlessWork();
  const turns = conversations.map((conversation) => conversation.send("Work."));
  await Promise.all(turns.map((turn) => turn.seen("tool-trace-start")));
  await killDaemonProcess(first);
  stage.server.forget();
  for (let round = 0; round < 4; round += 1) await killInStart(round * 30);
  const last = await stage.start();
  for (const conversation of conversations) {
    conversation.moveTo(last);
    expect((await conversation.entries()).at(-2)).toMatchObject({
      type: "done",
      finishReason: "interrupted",
    });
    expect(await conversation.ask("And now?")).toMatchObject({ finishReason: "stop" });
    const endings = (await conversation.entries()).filter(({ type }) => type === "done");
    expect(endings).toHaveLength(2);
  }
});

test("E3: a command that was at work at the kill is ended by the next daemon, before it does more harm", async () => {
  const first = await stage.start();
  const conversation = await stage.begin(first);
  const command = "echo $$ > pid; while true; do sleep 0.05; done";
  const call = { id: "call_1", name: "run_command", argumentsText: JSON.stringify({ command }) };
  stage.server.next({ pieces: [chatCalls(call), chatEnd("tool_calls")] });
  const turn = conversation.send("Work.");
  await turn.seen("tool-trace-start");
  const readPid = (): Promise<string> => readFile(join(stage.workFolder, "pid"), "utf8").catch(() => "");
  const pid = (await vi.waitUntil(readPid, { timeout: 30_000 })).trim();
  await killDaemonProcess(first);
  expect(isAlive(pid)).toBe(true);

  conversation.moveTo(await stage.start());
  await vi.waitUntil(() => !isAlive(pid), { timeout: 30_000 });
  await conversation.catchUp(turn);
  await stage.expectGoesOn(conversation);
});

test.each([
  "in the wait before another attempt",
  "while it is being stopped",
])("C7: a turn that is killed %s is sealed, and the next message is answered", async (moment) => {
  const first = await stage.start();
  const conversation = await stage.begin(first);
  const slowDown = { status: 429, pieces: ['{"error":{"message":"Slow down."}}'] };
  stage.server.next(moment.includes("attempt") ? slowDown : { ending: "hang" });
  const turn = conversation.send("Work.");
  if (moment.includes("attempt")) await turn.seen("provider-retry");
  else await stage.server.received(0);
  const stopping = moment.includes("stopped") ? conversation.stop().catch(() => undefined) : undefined;
  await killDaemonProcess(first);
  await Promise.all([stopping, turn.ended.catch(() => undefined)]);

  conversation.moveTo(await stage.start());
  await conversation.catchUp(turn);
  expect(["interrupted", "aborted"]).toContain(endingOf(await conversation.entries()).finishReason);
  await stage.expectGoesOn(conversation);
});

/** Starts a daemon and kills it a moment after it has taken the state folder. */
async function killInStart(momentMs: number): Promise<void> {
  const { environment, folder, stateFolder } = stage.home;
  const argv = ["up", "--port", "0", "--state", stateFolder];
  const starting = new LatheProcess(argv, { environment, cwd: folder });
  const isHolder = async (): Promise<boolean> => {
    const record = await readFile(join(stateFolder, "daemon.json"), "utf8");
    return JSON.parse(record).pid === starting.pid;
  };
  try {
    await vi.waitUntil(isHolder, { timeout: 30_000, interval: 2 });
    await new Promise((resolve) => setTimeout(resolve, momentMs));
  } finally {
    starting.kill("SIGKILL");
    await starting.ended();
  }
}

/** Text, then a call, again and again: a turn that ends only when it is made to. */
function endlessWork(): () => ModelAnswer {
  let step = 0;
  return () => {
    step += 1;
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    const command = `echo step ${step}`;
    // Some servers number the calls of each answer anew.
    const call = { id: "call_0", name: "run_command", argumentsText: JSON.stringify({ command }) };
    const words = ["I ", "look ", "at ", `part ${step}.`].flatMap((word) => [chatText(word), pause]);
    return { pieces: [...words, chatCalls(call), chatEnd("tool_calls")] };
  };
}

/** At least the two entries that begin a turn, and at most what some steps show. */
function randomCount(): number {
  return 2 + Math.floor(Math.random() * 40);
}

async function killWithin(turn: WatchedTurn, eventCount: number, kill: () => Promise<void>): Promise<void> {
  await turn.seenCount(eventCount);
  await kill();
  await expect(turn.ended).rejects.toThrow();
}

/** True while it runs; one that nobody has waited for yet does not. */
function isAlive(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function isEntry(event: ConversationEvent): event is Entry {
  return "seq" in event;
}
