// F14, F16: the wall clock jumps by days, or the daemon stands still for a while, and nobody comes to harm.
import type { Conversation, StepComplete } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatAnswer, chatCallAnswer, chatText } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { History } from "../testing/load/histories.ts";
import { until } from "../testing/load/load-stage.ts";
import { Witness } from "../testing/load/witness.ts";
import { measuredDaemon } from "../testing/measured/measure.ts";
import { Stage } from "../testing/stage.ts";
import { endingOf } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const heartbeatMs = 1_000;

let stage: Stage;
let daemon: DaemonProcess;
beforeEach(async () => {
  stage = await Stage.open({
    config: {
      agents: { default: { retry: { delaysMs: [700], sleptMsMax: 10_000 } } },
      extensions: { "transport-ws": { heartbeatMs }, "transport-http": { pingIntervalMs: heartbeatMs } },
    },
  });
  daemon = await stage.start({ program: measuredDaemon });
});
afterEach(() => stage.close());

async function jump(direction: "ahead" | "back"): Promise<void> {
  const jumped = (): number => daemon.process.stdout.split(`jumped ${direction}`).length;
  const before = jumped();
  daemon.process.kill(direction === "ahead" ? "SIGHUP" : "SIGWINCH");
  await until(() => jumped() > before, "the jump");
}

function watchers(conversationId: string): Promise<readonly Witness[]> {
  const transports = ["sse", "websocket"] as const;
  return Promise.all(transports.map((transport) => Witness.open({ daemon, transport, conversationId })));
}

async function expectStillThere(witnesses: readonly Witness[]): Promise<void> {
  const counts = witnesses.map(({ pingCount }) => pingCount);
  const isPinged = ({ pingCount, isClosed }: Witness, at: number): boolean =>
    isClosed || pingCount > (counts[at] ?? 0) + 2;
  await until(() => witnesses.every(isPinged), "heartbeats");
  expect(witnesses.map(({ isClosed }) => isClosed)).toEqual([false, false]);
}

test("F14, G19: a clock that jumps a day ahead and two back changes no wait, no duration, no order, and cuts nobody", async () => {
  const conversation = await stage.begin(daemon);
  const witnesses = await watchers(conversation.id);
  const busy = { status: 429, pieces: ['{"error":{"message":"Slow down."}}'] };
  const call = { id: "call_1", name: "run_command", argumentsText: '{"command":"sleep 0.3"}' };
  stage.server.next(
    busy,
    { pieces: [chatText("I look. "), () => jump("back"), ...chatCallAnswer(call)] },
    { pieces: chatAnswer("Done.") },
  );
  const turn = conversation.send("Work.");
  await turn.seen("provider-retry");
  await jump("ahead");
  const done = endingOf(await turn.ended);
  expect(done).toMatchObject({ finishReason: "stop", stepCount: 2 });
  // A wait of 700 ms, a command of 300 ms, and no day.
  expect(done.durationMs).toBeGreaterThan(990);
  expect(done.durationMs).toBeLessThan(60_000);
  const [step] = turn.events.filter(
    (event): event is typeof event & StepComplete => event.type === "step-complete",
  );
  expect(step?.toolCalls[0]?.durationMs).toBeGreaterThan(290);
  expect(step?.toolCalls[0]?.durationMs).toBeLessThan(60_000);
  await expectStillThere(witnesses);
  for (const witness of witnesses) witness.leave();

  const drafts: Conversation[] = [];
  for (const direction of ["ahead", "back", "ahead"] as const) {
    drafts.unshift(await daemon.client.call<Conversation>("POST", "/api/conversations", {}));
    await jump(direction);
  }
  const { items } = await daemon.client.call<Page<Conversation>>("GET", "/api/conversations?limit=3");
  expect(items.map(({ id }) => id)).toEqual(drafts.map(({ id }) => id));
  await stage.expectGoesOn(conversation);
});

test("F16: a daemon that stood still, stopped by a signal, goes on where it was, with everybody who was there", async () => {
  const conversation = await stage.begin(daemon);
  const witnesses = await watchers(conversation.id);
  const gate = Promise.withResolvers<unknown>();
  stage.server.next({ pieces: [chatText("Half "), () => gate.promise, ...chatAnswer("an answer.")] });
  const turn = conversation.send("Work.");
  await turn.seen("text-delta");
  daemon.process.kill("SIGSTOP");
  // Longer than a socket may be silent; what is said meanwhile waits outside.
  await new Promise((resolve) => setTimeout(resolve, 3 * heartbeatMs));
  gate.resolve(undefined);
  daemon.process.kill("SIGCONT");
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "stop" });
  await expectStillThere(witnesses);
  const told = new History();
  for (const entry of await conversation.entries()) told.add(JSON.stringify(entry));
  for (const witness of witnesses) {
    expect(witness.history.digest).toBe(told.digest);
    witness.leave();
  }
  await stage.expectGoesOn(conversation);
});
