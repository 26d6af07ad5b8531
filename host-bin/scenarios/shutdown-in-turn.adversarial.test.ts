// G12: a daemon that is told to end lets turns come to their end, or ends them cleanly.
import { afterEach, expect, test, vi } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { chatAnswer, chatCallAnswer, chatText } from "../testing/chat-answers.ts";
import { runLathe } from "../testing/lathe-process.ts";
import { Stage } from "../testing/stage.ts";
import { endingOf, expectSound, type WatchedConversation } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: Stage;
afterEach(() => stage.close());

/** The next daemon finds what the last one left, and the conversation goes on. */
async function expectGoesOnAfterRestart(conversation: WatchedConversation): Promise<void> {
  conversation.moveTo(await stage.start());
  const entries = await conversation.entries();
  await stage.expectGoesOn(conversation);
  expect((await conversation.entries()).slice(0, entries.length)).toEqual(entries);
}

test("SIGTERM in the middle of a turn with tools: it comes to its end, the daemon ends with 0", async () => {
  stage = await Stage.open();
  const daemon = await stage.start();
  const conversation = await stage.begin(daemon);
  const gate = Promise.withResolvers<unknown>();
  const call = { id: "call_1", name: "run_command", argumentsText: '{"command":"echo done"}' };
  stage.server.next(
    { pieces: [chatText("I look."), () => gate.promise, ...chatCallAnswer(call)] },
    { pieces: chatAnswer("It is done.") },
  );
  const turn = conversation.send("A question.");
  await turn.seen("text-delta");
  daemon.process.kill("SIGTERM");
  await daemon.process.printed(/Lathe is stopping/);
  gate.resolve(undefined);
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "stop", stepCount: 2 });
  expect(await daemon.process.ended()).toMatchObject({ code: exitCodes.ok });
  await expectGoesOnAfterRestart(conversation);
});

test("SIGTERM ends a turn that takes longer than the grace: it is sealed as aborted, the daemon ends with 0", async () => {
  stage = await Stage.open({ config: { drainGraceMs: 100 } });
  const daemon = await stage.start();
  const conversations = await Promise.all([1, 2, 3].map(() => stage.begin(daemon)));
  const call = { id: "call_1", name: "run_command", argumentsText: '{"command":"sleep 1000"}' };
  stage.server.otherwise = () => ({ pieces: [chatText("I wait."), ...chatCallAnswer(call)] });
  const turns = conversations.map((conversation) => conversation.send("Wait."));
  await Promise.all(turns.map((turn) => turn.seen("tool-trace-start")));
  daemon.process.kill("SIGTERM");
  for (const turn of turns) expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "aborted" });
  expect(await daemon.process.ended()).toMatchObject({ code: exitCodes.ok });
  stage.server.forget();
  const [first] = conversations;
  if (first !== undefined) await expectGoesOnAfterRestart(first);
});

test("C6: kill -9 in the middle of the drain loses nothing that was acknowledged", async () => {
  stage = await Stage.open();
  const daemon = await stage.start();
  const conversation = await stage.begin(daemon);
  stage.server.next({ pieces: [chatText("Half an answer")], ending: "hang" });
  const turn = conversation.send("A question.");
  await turn.seen("text-delta");
  daemon.process.kill("SIGTERM");
  await daemon.process.printed(/Lathe is stopping/);
  daemon.process.kill("SIGKILL");
  await daemon.process.ended();
  await turn.ended.catch(() => undefined);

  conversation.moveTo(await stage.start());
  const told = turn.events.filter((event) => "seq" in event);
  await expect.poll(async () => (await conversation.entries()).at(-1)?.type).toBe("turn-sealed");
  const entries = await conversation.entries();
  expect(entries.slice(0, told.length)).toEqual(told);
  expect(entries.at(-2)).toMatchObject({ type: "done", finishReason: "stop" });
  await conversation.catchUp(turn);
  await stage.expectGoesOn(conversation);
});

test("a second daemon on the same state folder is refused, and the turn of the first one goes on", async () => {
  stage = await Stage.open();
  const daemon = await stage.start();
  const conversation = await stage.begin(daemon);
  const gate = Promise.withResolvers<unknown>();
  stage.server.next({ pieces: [chatText("Half "), () => gate.promise, ...chatAnswer("and half.")] });
  const turn = conversation.send("A question.");
  await turn.seen("text-delta");
  const { environment, folder, stateFolder } = stage.home;
  const argv = ["up", "--port", "0", "--state", stateFolder];
  const second = await runLathe(argv, { environment, cwd: folder });
  expect(second).toMatchObject({ code: exitCodes.failed, stdout: "" });
  expect(second.stderr).toContain(`process ${daemon.process.pid}`);
  gate.resolve(undefined);
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "stop" });
  await expectSound(conversation);
});
