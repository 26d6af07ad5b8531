// S6, S7 and T11 on a real daemon: what turns took is listed, a conversation is forked and goes back, and neither a kill nor
// the deletion of what was forked takes anything away.
import { fileURLToPath } from "node:url";
import type { Conversation, Entry } from "@lathe/kernel";
import type { Page, TurnMetrics, TurnSummary } from "@lathe/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { chatCallAnswer } from "../testing/chat-answers.ts";
import { type DaemonProcess, killDaemonProcess } from "../testing/daemon-process.ts";
import { guestTokens } from "../testing/guests.ts";
import { type Ending, runLathe } from "../testing/lathe-process.ts";
import { RunCaller } from "../testing/run-caller.ts";
import { Stage } from "../testing/stage.ts";
import { fold, WatchedConversation } from "../testing/watched-conversation.ts";
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

async function timelineOf(id: string): Promise<readonly TurnSummary[]> {
  const path = `/api/conversations/${id}/timeline?order=oldest`;
  return (await daemon.client.call<Page<TurnSummary>>("GET", path)).items;
}

async function forkOf(id: string, where: object): Promise<WatchedConversation> {
  const fork = await daemon.client.call<Conversation>("POST", `/api/conversations/${id}/fork`, where);
  return new WatchedConversation(fork.id, daemon);
}

/** What users said, as the model was last asked. */
async function lastAskedWith(): Promise<readonly unknown[]> {
  const request = await stage.server.received(stage.server.requests.length - 1);
  const { messages } = request.body as { readonly messages: readonly { role: string; content: unknown }[] };
  return messages.filter(({ role }) => role === "user").map(({ content }) => content);
}

async function talk(...texts: readonly string[]): Promise<WatchedConversation> {
  const conversation = await stage.begin(daemon);
  for (const text of texts) await conversation.ask(text);
  return conversation;
}

describe("a fork", () => {
  test("S7: at the end of a turn it goes on with another model's name, and outlives a kill and its origin", async () => {
    const origin = await talk("One.", "Two.", "Three.");
    const [, second] = await timelineOf(origin.id);
    const fork = await forkOf(origin.id, {
      turnId: second?.turnId,
      model: "openai/other",
      title: "Another way",
    });
    expect(await fork.head()).toMatchObject({ model: "openai/other", title: "Another way", lastSeq: 10 });
    await fork.ask("Otherwise.");
    expect(await lastAskedWith()).toEqual(["One.", "Two.", "Otherwise."]);
    expect(stage.server.requests.at(-1)?.body).toMatchObject({ model: "other" });
    const before = await fork.entries();
    expect((await timelineOf(fork.id)).map(({ preview }) => preview)).toEqual(["One.", "Two.", "Otherwise."]);

    await daemon.client.call("DELETE", `/api/conversations/${origin.id}`);
    await killDaemonProcess(daemon);
    daemon = await stage.start({ program });
    fork.moveTo(daemon);
    expect(await fork.entries()).toEqual(before);
    expect((await timelineOf(fork.id)).map(({ preview }) => preview)).toEqual(["One.", "Two.", "Otherwise."]);
    await fork.ask("Still.");
    expect(await lastAskedWith()).toEqual(["One.", "Two.", "Otherwise.", "Still."]);
    await expect(daemon.client.call("GET", `/api/conversations/${origin.id}`)).rejects.toMatchObject({
      code: "unknown-conversation",
    });
  });

  test("S7: at the end of a step it closes the turn as interrupted, with what the shared steps took", async () => {
    stage.server.next({
      pieces: chatCallAnswer({ id: "call_1", name: "return_nothing", argumentsText: "{}" }),
    });
    const origin = await talk("Do it.");
    const step = (await origin.entries()).find(({ type }) => type === "step-complete");
    const fork = await forkOf(origin.id, { seq: step?.seq });
    expect((await fork.entries()).slice(-2)).toMatchObject([
      { type: "done", finishReason: "interrupted", stepCount: 1, usage: { inputTokens: 5, outputTokens: 3 } },
      { type: "turn-sealed" },
    ]);
    expect(await timelineOf(fork.id)).toMatchObject([
      { finishReason: "interrupted", stepCount: 1, toolCallCount: 1, lastSeq: 5, undone: false },
    ]);
    await fork.ask("And now?");
    expectWellFormed(await stage.server.received(stage.server.requests.length - 1));
    expect(await origin.head()).toMatchObject({ lastSeq: (await origin.entries()).length });
  });
});

describe("a restore", () => {
  test("S6: the model sees what led there, whoever watches is shown it, and the timeline says what is undone", async () => {
    const conversation = await talk("One.", "Two.", "Three.");
    const [first, , third] = await timelineOf(conversation.id);
    const path = `/api/conversations/${conversation.id}/restore`;
    const restored = await daemon.client.call<Entry>("POST", path, { turnId: first?.turnId });
    expect(restored).toMatchObject({ type: "restored", seq: 16, toSeq: 5 });
    await conversation.ask("Instead.");
    expect(await lastAskedWith()).toEqual(["One.", "Instead."]);
    const undone = async () => (await timelineOf(conversation.id)).map((turn) => turn.undone);
    expect(await undone()).toEqual([false, true, true, false]);
    const view = fold(await conversation.entries());
    expect(view.turns.map(({ userMessage }) => userMessage[0]?.text)).toEqual(["One.", "Instead."]);

    await killDaemonProcess(daemon);
    daemon = await stage.start({ program });
    conversation.moveTo(daemon);
    await daemon.client.call("POST", path, { turnId: third?.turnId });
    await conversation.ask("After all.");
    expect(await lastAskedWith()).toEqual(["One.", "Two.", "Three.", "After all."]);
    expect(await undone()).toEqual([false, false, false, true, false]);
  });

  test("is refused in the middle of a turn, and to a turn that is not there", async () => {
    const conversation = await talk("One.");
    const [first] = await timelineOf(conversation.id);
    const restoreTo = (turnId: string | undefined) =>
      daemon.client.call("POST", `/api/conversations/${conversation.id}/restore`, { turnId });
    await expect(restoreTo("trn_none")).rejects.toMatchObject({ code: "unknown-turn" });
    stage.server.next({ ending: "hang" });
    const turn = conversation.send("Hang.");
    await turn.seen("turn-start");
    await expect(restoreTo(first?.turnId)).rejects.toMatchObject({ code: "turn-in-progress" });
    await conversation.stop();
    await turn.ended;
    await restoreTo(first?.turnId);
  });
});

test("T11: metrics tell what each step took", async () => {
  stage.server.next({
    pieces: chatCallAnswer({ id: "call_1", name: "return_nothing", argumentsText: "{}" }),
  });
  const conversation = await talk("Do it.");
  const path = `/api/conversations/${conversation.id}/metrics`;
  const { items } = await daemon.client.call<Page<TurnMetrics>>("GET", path);
  expect(items).toMatchObject([
    {
      finishReason: "stop",
      stepCount: 2,
      usage: { inputTokens: 10, outputTokens: 6 },
      steps: [
        {
          index: 0,
          usage: { inputTokens: 5 },
          toolCalls: [{ name: "return_nothing", outcome: "error" }],
        },
        { index: 1, contextSize: 8, toolCalls: [] },
      ],
    },
  ]);
  expect(items[0]?.steps[0]?.metrics.totalMs).toBeGreaterThan(0);
});

test("B1: nothing of it answers anybody else, nor says whether it is there", async () => {
  const conversation = await talk("Mine.");
  const [turn] = await timelineOf(conversation.id);
  const ann = new RunCaller(daemon, guestTokens.ann);
  const requests: readonly (readonly [string, string, object?])[] = [
    ["GET", ""],
    ["GET", "/entries"],
    ["GET", "/snapshot"],
    ["GET", "/timeline"],
    ["GET", "/metrics"],
    ["GET", "/stream"],
    ["POST", "/messages", { text: "Hi." }],
    ["POST", "/stop", {}],
    ["POST", "/fork", { turnId: turn?.turnId }],
    ["POST", "/restore", { turnId: turn?.turnId }],
    ["DELETE", ""],
  ];
  for (const [method, path, body] of requests) {
    const answers = await Promise.all(
      [conversation.id, `cnv_${"0".repeat(32)}`].map((id) =>
        ann.fetch(method, `/api/conversations/${id}${path}`, body),
      ),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect([method, path, ...answers.map(({ status }) => status)]).toEqual([method, path, 403, 404]);
    expect(texts[0]).toHaveLength(texts[1]?.length ?? 0);
  }
  const list = await (await ann.fetch("GET", "/api/conversations")).json();
  expect(list).toEqual({ items: [], nextCursor: null });
  expect((await timelineOf(conversation.id)).map(({ undone }) => undone)).toEqual([false]);
});

test("the command line shows the turns, forks and restores", async () => {
  // One that tells commands where it is.
  await killDaemonProcess(daemon);
  daemon = await stage.start();
  const conversation = await talk("One.", "Two.");
  const [first] = await timelineOf(conversation.id);
  const { environment, folder, stateFolder } = stage.home;
  const lathe = (...argv: string[]): Promise<Ending> =>
    runLathe(["conversations", ...argv, "--state", stateFolder], { environment, cwd: folder });

  const timeline = await lathe("timeline", conversation.id, "--limit", "1");
  expect(timeline).toMatchObject({ code: exitCodes.ok, stderr: "" });
  expect(timeline.stdout).toContain("1 step, 0 calls, 5 tokens in, 3 out\n  Two.\n");
  const next = / --cursor (\d+)\n/.exec(timeline.stdout)?.[1] ?? "";
  expect((await lathe("timeline", conversation.id, "--cursor", next)).stdout).toContain(first?.turnId);
  expect((await lathe("metrics", conversation.id)).stdout).toContain(
    "#0 openai/test  stop, 5 tokens in, 3 out\n",
  );
  const asJson = JSON.parse((await lathe("metrics", conversation.id, "--json")).stdout) as Page<TurnMetrics>;
  expect(asJson.items.map(({ steps }) => steps.length)).toEqual([1, 1]);

  const fork = JSON.parse(
    (await lathe("fork", conversation.id, "--turn", first?.turnId ?? "", "--json")).stdout,
  );
  expect(fork).toMatchObject({ forkedFrom: { conversationId: conversation.id, seq: 5 } });
  expect((await lathe("restore", conversation.id, "--turn", first?.turnId ?? "")).code).toBe(exitCodes.ok);
  expect((await lathe("timeline", conversation.id)).stdout).toContain("stop, undone");
  expect((await lathe("timeline", conversation.id, "--seq", "3")).code).toBe(exitCodes.usage);
  expect((await lathe("metrics", conversation.id, "--limit", "51")).code).toBe(exitCodes.usage);
});
