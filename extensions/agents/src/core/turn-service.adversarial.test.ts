import type { Redactor } from "@lathe/kernel";
import { expect, test } from "vitest";
import { answers, hangs, openStage, sealedTurns } from "../testing/stage.ts";

test("a message becomes a turn that is stored from its words to its seal", async () => {
  const stage = await openStage();
  const admission = await stage.turns.send(stage.conversation.id, { text: "Hi." });
  await sealedTurns(stage, 1);
  expect(await stage.types()).toEqual(["user-message", "turn-start", "step-complete", "done", "turn-sealed"]);
  expect(admission).toEqual({ turnId: "trn_1", runId: "run_2", seq: 1 });
  expect((await stage.conversations.get(stage.conversation.id))?.state).toBe("idle");
});

test("its run is called by the beginning of the message without its secrets, or as whoever sends it says", async () => {
  const redactor: Redactor = {
    text: (text) => text.replaceAll("hunter2", "[redacted]"),
    json: (value) => value,
    stream: () => ({ push: (piece) => piece, end: () => "", found: false }),
  };
  const stage = await openStage({ redactor });
  const { id } = stage.conversation;
  await stage.turns.send(id, { text: `\n  Is hunter2   good?\nI ask ${"a lot ".repeat(50)}` });
  await sealedTurns(stage, 1);
  await stage.turns.send(id, { text: "Go on." }, { title: "plan: smallest" });
  await sealedTurns(stage, 2);
  expect(stage.titles).toEqual(["Is [redacted] good?", "plan: smallest"]);
});

test("of two messages at the same time one is admitted and the other refused, and nothing of it is stored", async () => {
  const stage = await openStage();
  const results = await Promise.allSettled([
    stage.turns.send(stage.conversation.id, { text: "First." }),
    stage.turns.send(stage.conversation.id, { text: "Second." }),
  ]);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected"]);
  expect(results[1]).toMatchObject({ reason: { code: "turn-in-progress" } });
  await sealedTurns(stage, 1);
  expect((await stage.types()).filter((type) => type === "user-message")).toHaveLength(1);
});

test("stop ends a provider that hangs; it settles after the seal, and the next message works at once", async () => {
  const stage = await openStage();
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Hang." });
  expect(await stage.turns.stop(stage.conversation.id)).toBe(true);
  expect((await stage.types()).at(-1)).toBe("turn-sealed");
  stage.stream = answers;
  await stage.turns.send(stage.conversation.id, { text: "Again." });
  await sealedTurns(stage, 2);
  expect(await stage.turns.stop(stage.conversation.id)).toBe(false);
});

test("a message that cannot be stored is refused with the store's error, and leaves the conversation free", async () => {
  const stage = await openStage();
  stage.conversations.beforeAppend = () => {
    throw new Error("The disk is full.");
  };
  await expect(stage.turns.send(stage.conversation.id, { text: "Hi." })).rejects.toThrow("The disk is full.");
  stage.conversations.beforeAppend = undefined;
  await stage.turns.send(stage.conversation.id, { text: "Hi again." });
  await sealedTurns(stage, 1);
});

test("a turn whose end the store refused is sealed as interrupted before the next message", async () => {
  const stage = await openStage();
  let appends = 0;
  stage.conversations.beforeAppend = () => {
    if (++appends > 1) throw new Error("The disk is full.");
  };
  const ended: string[] = [];
  await stage.turns.send(stage.conversation.id, { text: "Lost." });
  stage.turns.subscribe(stage.conversation.id, 0, {
    onEvent: () => {},
    onEnd: (reason) => ended.push(reason),
  });
  await expect.poll(() => ended).toEqual(["failed"]);
  stage.conversations.beforeAppend = undefined;
  await stage.turns.send(stage.conversation.id, { text: "Found." });
  await sealedTurns(stage, 2);
  expect(await stage.types()).toEqual([
    "user-message",
    "turn-start",
    "done",
    "turn-sealed",
    "user-message",
    "turn-start",
    "step-complete",
    "done",
    "turn-sealed",
  ]);
  expect((await stage.entries())[2]).toMatchObject({ finishReason: "interrupted", turnId: "trn_1" });
});

test("a daemon that starts over a turn that nobody runs seals it as interrupted, once, where its agent says so", async () => {
  const stage = await openStage({ agent: { resume: "never" } });
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Hang." });
  const next = stage.restart();
  expect(await next.recover()).toEqual({ continuedCount: 0, sealedCount: 1 });
  expect(await next.recover()).toEqual({ continuedCount: 0, sealedCount: 0 });
  expect((await stage.entries()).at(-2)).toMatchObject({
    type: "done",
    finishReason: "interrupted",
    stepCount: 0,
  });
  stage.stream = answers;
  await next.send(stage.conversation.id, { text: "Go on." });
  await sealedTurns(stage, 2);
});

test("a running turn whose conversation was removed is forgotten on start", async () => {
  const stage = await openStage();
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Hang." });
  await stage.conversations.delete(stage.conversation.id);
  const next = stage.restart();
  expect(await next.recover()).toEqual({ continuedCount: 1, sealedCount: 0 });
  await next.continueAll();
  expect(await next.recover()).toEqual({ continuedCount: 0, sealedCount: 0 });
});

test("a drain refuses new input, and stops what is left after its grace", async () => {
  const stage = await openStage();
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Hang." });
  const drained = stage.turns.drain(10);
  await expect(stage.turns.send(stage.conversation.id, { text: "More." })).rejects.toMatchObject({
    code: "draining",
  });
  await drained;
  expect((await stage.entries()).at(-2)).toMatchObject({ type: "done", finishReason: "aborted" });
});

test("a model without a provider and an agent without a definition are refused before anything is stored", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  await expect(stage.turns.send(id, { text: "Hi.", model: "none/x" })).rejects.toMatchObject({
    code: "unknown-model",
  });
  const other = await stage.conversations.create({
    owner: "local",
    title: null,
    agent: "nobody",
    model: null,
    cwd: "/tmp",
  });
  await expect(stage.turns.send(other.id, { text: "Hi." })).rejects.toMatchObject({ code: "unknown-agent" });
  await expect(stage.turns.send("cnv_none", { text: "Hi." })).rejects.toMatchObject({
    code: "unknown-conversation",
  });
  expect(await stage.types()).toEqual([]);
});

test("a subscriber that comes while nothing runs hears the next turn from its first word", async () => {
  const stage = await openStage();
  const heard: string[] = [];
  stage.turns.subscribe(stage.conversation.id, 0, {
    onEvent: (event) => heard.push(event.type),
    onEnd: () => {},
  });
  await stage.turns.send(stage.conversation.id, { text: "Hi." });
  await expect.poll(() => heard.at(-1)).toBe("turn-sealed");
  expect(heard.filter((type) => type !== "step-partial")).toEqual([
    "user-message",
    "turn-start",
    "step-start",
    "text-delta",
    "step-complete",
    "done",
    "turn-sealed",
  ]);
});

test("a turn after a restart is sent the whole conversation", async () => {
  const stage = await openStage();
  await stage.turns.send(stage.conversation.id, { text: "One." });
  await sealedTurns(stage, 1);
  const next = stage.restart();
  const sent: string[][] = [];
  stage.stream = ({ messages }) => {
    sent.push(messages.map((message) => message.role));
    return answers();
  };
  await next.send(stage.conversation.id, { text: "Two." });
  await sealedTurns(stage, 2);
  expect(sent).toEqual([["user", "assistant", "user"]]);
});
