// R5, S5: whoever was told that a turn is stopped never sees it take another step, whatever ends the daemon.
import { expect, test } from "vitest";
import { hangs, openStage, type Stage, sealedTurns } from "../testing/stage.ts";

/** A daemon that was killed, and the next one: it has looked at what is left, and let nothing go on yet. */
async function crashed(stage: Stage): Promise<ReturnType<Stage["restart"]>> {
  const next = stage.restart();
  await next.recover();
  return next;
}

/** A turn in the middle of its answer, the asking counted from then on. */
async function openAtWork(options: Parameters<typeof openStage>[0] = {}): Promise<{
  readonly stage: Stage;
  readonly runId: string;
  readonly askedCount: () => number;
}> {
  const stage = await openStage(options);
  stage.stream = hangs;
  const { runId } = await stage.turns.send(stage.conversation.id, { text: "Hi." });
  await expect.poll(() => stage.storage.list({ prefix: ["partial"], limit: 5 })).toHaveLength(1);
  let count = 0;
  stage.stream = async function* () {
    count++;
    yield [{ type: "finish", reason: "stop", rawReason: null }];
  };
  return { stage, runId, askedCount: () => count };
}

async function endOf(stage: Stage): Promise<unknown> {
  await sealedTurns(stage, 1);
  return (await stage.entries()).at(-2);
}

const aborted = { type: "done", finishReason: "aborted" };

test("R5: a turn whose run was asked to stop before the daemon was killed is ended by the next one, and not gone on with", async () => {
  const { stage, runId, askedCount } = await openAtWork();
  await stage.storage.commit({ puts: [{ key: ["stop", runId], value: true }] });
  const next = await crashed(stage);
  expect(await endOf(stage)).toMatchObject(aborted);
  await next.continueAll();
  expect([askedCount(), stage.endings.map(({ status }) => status)]).toEqual([0, ["stopped"]]);
  await next.send(stage.conversation.id, { text: "Again." });
  await sealedTurns(stage, 2);
});

test("R5: a turn that waits to go on, and is stopped, does not go on after a drain that comes first", async () => {
  const { stage, askedCount } = await openAtWork();
  const second = await crashed(stage);
  const stopped = second.stop(stage.conversation.id);
  await second.drain(0);
  expect(await stopped).toBe(true);
  await second.continueAll();
  const third = await crashed(stage);
  await third.continueAll();
  expect(await endOf(stage)).toMatchObject(aborted);
  expect(askedCount()).toBe(0);
});

test("R5: a turn that is stopped between its recovery and its going on keeps what it had said", async () => {
  const { stage, runId, askedCount } = await openAtWork();
  const next = await crashed(stage);
  const stopped = next.stop(stage.conversation.id);
  await expect.poll(() => stage.storage.get(["stop", runId])).toBeDefined();
  await next.continueAll();
  expect(await stopped).toBe(true);
  expect(await endOf(stage)).toMatchObject({ ...aborted, stepCount: 1 });
  expect(askedCount()).toBe(0);
});

test("a drain that nobody asked to stop a turn leaves it to the next daemon", async () => {
  const { stage, askedCount } = await openAtWork();
  const second = await crashed(stage);
  await second.drain(0);
  const third = await crashed(stage);
  await third.continueAll();
  expect(await endOf(stage)).toMatchObject({ type: "done", finishReason: "stop" });
  expect(askedCount()).toBe(1);
});

test("R5: a turn whose end the store refuses is stopped all the same, and whoever asked is not told so before it is durable", async () => {
  const { stage, askedCount } = await openAtWork();
  const refuse = (): void => {
    throw new Error("The disk is full.");
  };
  stage.conversations.beforeAppend = refuse;
  // Its end cannot be stored, and the request can: that is enough to be told.
  expect(await stage.turns.stop(stage.conversation.id)).toBe(true);
  expect(await stage.types()).toEqual(["user-message", "turn-start"]);
  await expect(stage.turns.stop(stage.conversation.id)).rejects.toThrow("The disk is full.");
  stage.conversations.beforeAppend = undefined;
  const next = await crashed(stage);
  await next.continueAll();
  expect(await endOf(stage)).toMatchObject(aborted);
  expect(askedCount()).toBe(0);
});

test("a turn that was given up and is stopped ends as stopped", async () => {
  const { stage } = await openAtWork({ agent: { resume: "never" } });
  stage.conversations.beforeAppend = () => {
    throw new Error("The disk is full.");
  };
  const next = await crashed(stage);
  stage.conversations.beforeAppend = undefined;
  expect(await next.stop(stage.conversation.id)).toBe(true);
  expect(await endOf(stage)).toMatchObject(aborted);
});
