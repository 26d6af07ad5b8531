// What becomes of one turn that `kill -9` cuts off. The kills at any moment, under load, are in ../crash.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "@lathe/client";
import { interruptedResult, type RetryProgress } from "@lathe/kernel";
import { conversationsStream } from "@lathe/wire/operations";
import { afterEach, expect, test, vi } from "vitest";
import { chatCallAnswer } from "../testing/chat-answers.ts";
import { type DaemonProcess, killDaemonProcess } from "../testing/daemon-process.ts";
import { Stage } from "../testing/stage.ts";
import type { WatchedConversation } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let stage: Stage;
afterEach(() => stage.close());

/** An answer that calls for a command which notes its process and its run, and does not end by itself. */
function endlessCommand(): readonly string[] {
  const command = "echo $$ > pid; echo ran >> runs; while true; do sleep 0.05; done";
  return chatCallAnswer({
    id: "call_1",
    name: "run_command",
    argumentsText: JSON.stringify({ command }),
  });
}

async function pidOfCommand(): Promise<string> {
  const read = (): Promise<string> => readFile(join(stage.workFolder, "pid"), "utf8").catch(() => "");
  return (await vi.waitUntil(read, { timeout: 30_000 })).trim();
}

/** True while it runs; one that nobody has waited for yet does not. */
function isAlive(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Settles when the turn is over that was left in progress. */
function sealed(conversation: WatchedConversation): Promise<void> {
  return vi.waitFor(async () => expect(await conversation.head()).toMatchObject({ state: "idle" }), {
    timeout: 30_000,
  });
}

test("E3: a command that was at work at the kill is ended by the next daemon, before it does more harm", async () => {
  stage = await Stage.open();
  const first = await stage.start();
  const conversation = await stage.begin(first);
  stage.server.next({ pieces: endlessCommand() });
  const turn = conversation.send("Work.");
  const pid = await pidOfCommand();
  await killDaemonProcess(first);
  expect(isAlive(pid)).toBe(true);

  conversation.moveTo(await stage.start());
  await vi.waitUntil(() => !isAlive(pid), { timeout: 30_000 });
  await sealed(conversation);
  await conversation.catchUp(turn);
  await stage.expectGoesOn(conversation);
});

test("C2, S5: a call of which nobody knows what it did is not made again; the model is told so, and goes on", async () => {
  stage = await Stage.open();
  const first = await stage.start();
  const conversation = await stage.begin(first);
  stage.server.next({ pieces: endlessCommand() });
  const turn = conversation.send("Work.");
  await pidOfCommand();
  await killDaemonProcess(first);

  conversation.moveTo(await stage.start());
  await sealed(conversation);
  expect(await readFile(join(stage.workFolder, "runs"), "utf8")).toBe("ran\n");
  const entries = await conversation.entries();
  expect(entries.map(({ type }) => type)).toEqual([
    "user-message",
    "turn-start",
    "step-complete",
    "step-complete",
    "done",
    "turn-sealed",
  ]);
  const [step] = entries.filter((entry) => entry.type === "step-complete");
  expect(step?.toolResults).toMatchObject([{ content: interruptedResult, isError: true }]);
  expect(entries.at(-2)).toMatchObject({ type: "done", finishReason: "stop", stepCount: 2 });
  expect(JSON.stringify((await stage.server.received(1)).body)).toContain(interruptedResult);
  await conversation.catchUp(turn);
  await stage.expectGoesOn(conversation);
});

test("C7, G15: a kill in a long wait before another attempt does not give the turn its budget of waiting back", async () => {
  const retry = { delaysMs: [10, 20, 600_000], sleptMsMax: 1_000_000 };
  stage = await Stage.open({ config: { agents: { default: { retry } } } });
  const first = await stage.start();
  const conversation = await stage.begin(first);
  stage.server.otherwise = () => ({ status: 503, pieces: ['{"error":{"message":"Not now."}}'] });
  const turn = conversation.send("Work.");
  const waiting = await turn.seen("provider-retry", ({ attempt }) => attempt === 3);
  expect(waiting).toMatchObject({ delayMs: 600_000, budgetLeftMs: 399_970 });
  await vi.waitUntil(async () => (await storedRetry(first, conversation.id))?.failedAttempts === 3, {
    timeout: 30_000,
  });
  await killDaemonProcess(first);

  conversation.moveTo(await stage.start());
  await sealed(conversation);
  // One attempt more: the next wait would be longer than what is left.
  expect(stage.server.requests).toHaveLength(4);
  expect((await conversation.entries()).at(-2)).toMatchObject({ type: "done", finishReason: "error" });
  stage.server.forget();
  await conversation.catchUp(turn);
  await stage.expectGoesOn(conversation);
});

/** How far the retries have come, as the next daemon would find it. */
async function storedRetry({ url, token }: DaemonProcess, id: string): Promise<RetryProgress | null> {
  using client = connect({ url, token });
  for await (const event of client.follow(conversationsStream, { id }))
    if (event.type === "snapshot") return event.snapshot.turn?.retry ?? null;
  return null;
}
