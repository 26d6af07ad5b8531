import { ForkPositionError, UnknownConversationError } from "@lathe/kernel";
import { expect, test } from "vitest";
import { answers, hangs, openStage, type Stage, sealedTurns, Watcher } from "../testing/stage.ts";

async function openWithTurns(count: number): Promise<Stage & { readonly turnIds: readonly string[] }> {
  const stage = await openStage();
  const turnIds: string[] = [];
  for (let turn = 1; turn <= count; turn++) {
    const { turnId } = await stage.turns.send(stage.conversation.id, { text: `Message ${turn}.` });
    turnIds.push(turnId);
    await sealedTurns(stage, turn);
  }
  return Object.assign(stage, { turnIds });
}

/** What the model was sent with the next message. */
async function sentWith(stage: Stage, text: string, sealedCount: number): Promise<readonly string[]> {
  const asked: string[] = [];
  stage.stream = (request) => {
    for (const { role, content } of request.messages)
      if (role === "user") asked.push(...content.map((part) => part.text));
    return answers();
  };
  await stage.turns.send(stage.conversation.id, { text });
  await sealedTurns(stage, sealedCount);
  return asked;
}

test("S6: after a restore the model sees what led to that turn, and what comes afterwards", async () => {
  const stage = await openWithTurns(3);
  const [first, , third] = stage.turnIds;
  const { id } = stage.conversation;
  const entry = await stage.turns.restore(id, first ?? "");
  expect(entry).toMatchObject({ type: "restored", seq: 16, turnId: first, toSeq: 5, conversationId: id });
  expect((await stage.conversations.get(id))?.state).toBe("idle");
  expect(await sentWith(stage, "Instead.", 4)).toEqual(["Message 1.", "Instead."]);
  // The undone turns can be gone back to as well.
  await stage.turns.restore(id, third ?? "");
  expect(await sentWith(stage, "After all.", 5)).toEqual([
    "Message 1.",
    "Message 2.",
    "Message 3.",
    "After all.",
  ]);
});

test("G1, G2: whoever watches is shown it once, live or later, and only when it is stored", async () => {
  const stage = await openWithTurns(2);
  const { id } = stage.conversation;
  const watcher = new Watcher();
  stage.turns.subscribe(id, 10, watcher);
  const gate = Promise.withResolvers<void>();
  stage.conversations.beforeAppend = () => gate.promise;
  const restoring = stage.turns.restore(id, stage.turnIds[0] ?? "");
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(watcher.types).not.toContain("restored");
  gate.resolve();
  const entry = await restoring;
  await expect.poll(() => watcher.events.filter(({ type }) => type === "restored")).toEqual([entry]);
  const late = new Watcher();
  stage.turns.subscribe(id, 0, late);
  await expect.poll(() => late.types.filter((type) => type === "restored")).toHaveLength(1);
});

test("it is refused while a turn is in progress, and a message is refused while it is being stored", async () => {
  const stage = await openWithTurns(1);
  const { id } = stage.conversation;
  const [turnId = ""] = stage.turnIds;
  stage.stream = hangs;
  await stage.turns.send(id, { text: "Hang." });
  await expect(stage.turns.restore(id, turnId)).rejects.toMatchObject({ code: "turn-in-progress" });
  await stage.turns.stop(id);
  stage.stream = answers;
  const gate = Promise.withResolvers<void>();
  stage.conversations.beforeAppend = () => gate.promise;
  const restoring = stage.turns.restore(id, turnId);
  await expect(stage.turns.send(id, { text: "Too soon." })).rejects.toMatchObject({
    code: "turn-in-progress",
  });
  gate.resolve();
  await restoring;
  stage.conversations.beforeAppend = undefined;
  await stage.turns.send(id, { text: "Now." });
  await sealedTurns(stage, 3);
});

test("one that cannot be stored changes nothing", async () => {
  const stage = await openWithTurns(2);
  const { id } = stage.conversation;
  const watcher = new Watcher();
  stage.turns.subscribe(id, 10, watcher);
  stage.conversations.beforeAppend = () => {
    throw new Error("The disk is full.");
  };
  await expect(stage.turns.restore(id, stage.turnIds[0] ?? "")).rejects.toThrow("The disk is full.");
  stage.conversations.beforeAppend = undefined;
  expect(await sentWith(stage, "On.", 3)).toEqual(["Message 1.", "Message 2.", "On."]);
  expect(watcher.types).not.toContain("restored");
});

test("a turn that is not there cannot be gone back to, in a conversation that is there or is not", async () => {
  const stage = await openWithTurns(1);
  const { id } = stage.conversation;
  await expect(stage.turns.restore(id, "trn_none")).rejects.toThrow(ForkPositionError);
  await expect(stage.turns.restore("cnv_none", stage.turnIds[0] ?? "")).rejects.toThrow(
    UnknownConversationError,
  );
  expect(await stage.types()).not.toContain("restored");
});

test("another daemon over the same store goes on from where it was restored to", async () => {
  const stage = await openWithTurns(2);
  const { id } = stage.conversation;
  await stage.turns.restore(id, stage.turnIds[0] ?? "");
  const next = { ...stage, turns: stage.restart() };
  await next.turns.recover();
  const asked: string[] = [];
  stage.stream = (request) => {
    for (const { role, content } of request.messages)
      if (role === "user") asked.push(...content.map((part) => part.text));
    return answers();
  };
  await next.turns.send(id, { text: "Here." });
  await sealedTurns(stage, 3);
  expect(asked).toEqual(["Message 1.", "Here."]);
});

test("a fork at the end of a step goes on without the rest of the turn", async () => {
  const stage = await openWithTurns(2);
  const { id } = stage.conversation;
  const fork = await stage.conversations.fork(id, 8, { owner: "local", title: null, model: null });
  const asked: string[] = [];
  stage.stream = (request) => {
    asked.push(...request.messages.map(({ role }) => role));
    return answers();
  };
  await stage.turns.send(fork.id, { text: "Differently." });
  await expect.poll(async () => (await stage.conversations.get(fork.id))?.lastSeq).toBe(15);
  expect(asked).toEqual(["user", "assistant", "user", "assistant", "user"]);
});
