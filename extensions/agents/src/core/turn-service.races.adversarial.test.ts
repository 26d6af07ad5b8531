import type { Admission } from "@lathe/kernel";
import { expect, test } from "vitest";
import { answers, hangs, openStage, sealedTurns, Watcher } from "../testing/stage.ts";

test("the next message is welcome in the very call that shows turn-sealed, and is sent the whole conversation", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  const sent: string[][] = [];
  stage.stream = ({ messages }) => {
    sent.push(messages.map((message) => message.role));
    return answers();
  };
  const next: Promise<Admission>[] = [];
  stage.turns.subscribe(id, 0, {
    onEvent: (event) => {
      if (event.type === "turn-sealed" && next.length < 2) next.push(stage.turns.send(id, { text: "Next." }));
    },
    onEnd: () => {},
  });
  await stage.turns.send(id, { text: "First." });
  await sealedTurns(stage, 3);
  expect((await Promise.allSettled(next)).map((result) => result.status)).toEqual(["fulfilled", "fulfilled"]);
  expect(sent).toEqual([
    ["user"],
    ["user", "assistant", "user"],
    ["user", "assistant", "user", "assistant", "user"],
  ]);
});

test("a stop while a message is being admitted lets it be stored and ends its turn as aborted", async () => {
  const stage = await openStage();
  stage.stream = hangs;
  const sending = stage.turns.send(stage.conversation.id, { text: "Hang." });
  expect(await stage.turns.stop(stage.conversation.id)).toBe(true);
  await sending;
  expect(await stage.types()).toEqual(["user-message", "turn-start", "done", "turn-sealed"]);
  expect((await stage.entries())[2]).toMatchObject({ finishReason: "aborted", stepCount: 0 });
});

test("a drain while a message is being admitted waits for its turn to seal", async () => {
  const stage = await openStage();
  stage.stream = hangs;
  const sending = stage.turns.send(stage.conversation.id, { text: "Hang." });
  await stage.turns.drain(0);
  expect((await stage.types()).at(-1)).toBe("turn-sealed");
  await sending;
});

test("a message that was refused leaves no trace for a stop or a drain to wait for", async () => {
  const stage = await openStage();
  stage.conversations.beforeAppend = () => {
    throw new Error("The disk is full.");
  };
  const sending = stage.turns.send(stage.conversation.id, { text: "Hi." });
  const stopping = stage.turns.stop(stage.conversation.id);
  await expect(sending).rejects.toThrow("The disk is full.");
  await stopping;
  await stage.turns.drain(0);
  expect(await stage.types()).toEqual([]);
});

test("while a leftover is sealed for one message, another is refused", async () => {
  const stage = await openStage();
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Hang." });
  const next = stage.restart();
  stage.stream = answers;
  const results = await Promise.allSettled([
    next.send(stage.conversation.id, { text: "One." }),
    next.send(stage.conversation.id, { text: "Two." }),
  ]);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected"]);
  await sealedTurns(stage, 2);
  expect((await stage.types()).filter((type) => type === "done")).toHaveLength(2);
});

test("one turn that cannot be sealed at start does not keep the others, or the daemon, from starting", async () => {
  const stage = await openStage({ agent: { resume: "never" } });
  const draft = { owner: "local", title: null, agent: "default", model: null, cwd: "/tmp" };
  const other = await stage.conversations.create(draft);
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Hang." });
  await stage.turns.send(other.id, { text: "Hang." });
  let appends = 0;
  stage.conversations.beforeAppend = () => {
    if (++appends === 1) throw new Error("The disk is full.");
  };
  const next = stage.restart();
  expect(await next.recover()).toEqual({ continuedCount: 0, sealedCount: 1 });
  expect(stage.records).toContainEqual(expect.objectContaining({ kind: "log", level: "error" }));
  stage.stream = answers;
  await next.send(stage.conversation.id, { text: "Go on." });
  await sealedTurns(stage, 2);
});

test("a conversation that is deleted under its turn ends for its subscribers, and leaves no running turn behind", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  stage.stream = hangs;
  await stage.turns.send(id, { text: "Hang." });
  const watcher = new Watcher();
  stage.turns.subscribe(id, 0, watcher);
  await expect.poll(() => watcher.types).toContain("step-partial");
  await stage.conversations.delete(id);
  await stage.turns.stop(id);
  expect(watcher.ended).toBe("deleted");
  expect(await stage.storage.list({ prefix: ["running"], limit: 10 })).toEqual([]);
});

test("who subscribes to a conversation that is not there is told so", async () => {
  const stage = await openStage();
  const watcher = new Watcher();
  stage.turns.subscribe("cnv_none", 0, watcher);
  await expect.poll(() => watcher.ended).toBe("deleted");
});

test("who subscribes while the head is read, and a turn runs from start to end meanwhile, misses nothing", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  const { get } = stage.conversations;
  const slow = Promise.withResolvers<void>();
  let gets = 0;
  stage.conversations.get = async (wanted) => {
    const head = await get(wanted);
    if (++gets === 1) await slow.promise;
    return head;
  };
  const watcher = new Watcher();
  stage.turns.subscribe(id, 0, watcher);
  await expect.poll(() => gets).toBe(1);
  await stage.turns.send(id, { text: "One." });
  await sealedTurns(stage, 1);
  slow.resolve();
  await expect.poll(() => watcher.types.at(-1)).toBe("turn-sealed");
  await stage.turns.send(id, { text: "Two." });
  await sealedTurns(stage, 2);
  await expect.poll(() => watcher.types.filter((type) => type === "turn-sealed")).toHaveLength(2);
  const seqs = watcher.events.flatMap((event) => ("seq" in event ? [event.seq] : []));
  expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("half a character in a message never reaches the store or the provider", async () => {
  const stage = await openStage();
  const sent: string[] = [];
  stage.stream = ({ messages }) => {
    sent.push(JSON.stringify(messages));
    return answers();
  };
  await stage.turns.send(stage.conversation.id, { text: "Hi \ud83d" });
  await sealedTurns(stage, 1);
  expect(sent[0]).toContain("Hi \ufffd");
  expect(JSON.stringify(await stage.entries())).not.toContain("\\ud83d");
});

test("who subscribes again when a turn was given up is not shown the step that was lost with it", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  const goOn = Promise.withResolvers<void>();
  stage.stream = async function* () {
    yield [{ type: "text-delta", text: "Lost words" }];
    await goOn.promise;
    yield [{ type: "finish", reason: "stop", rawReason: null }];
  };
  await stage.turns.send(id, { text: "Hi." });
  const again = new Watcher();
  const first = new Watcher();
  first.onEnd = () => stage.turns.subscribe(id, 2, again);
  stage.turns.subscribe(id, 0, first);
  await expect.poll(() => first.types).toContain("step-partial");
  stage.conversations.beforeAppend = () => {
    throw new Error("The disk is full.");
  };
  goOn.resolve();
  await stage.turns.stop(id);
  stage.conversations.beforeAppend = undefined;
  stage.stream = answers;
  await stage.turns.send(id, { text: "Again." });
  await expect.poll(() => again.types.filter((type) => type === "turn-sealed")).toHaveLength(2);
  expect(again.types.slice(0, 5)).toEqual(["snapshot", "done", "turn-sealed", "user-message", "turn-start"]);
});

test("a turn that was given up can be stopped, so that its conversation can be deleted", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  let appends = 0;
  stage.conversations.beforeAppend = () => {
    if (++appends > 1) throw new Error("The disk is full.");
  };
  await stage.turns.send(id, { text: "Lost." });
  const watcher = new Watcher();
  stage.turns.subscribe(id, 0, watcher);
  await expect.poll(() => watcher.ended).toBe("failed");
  await expect(stage.turns.stop(id)).rejects.toThrow("The disk is full.");
  stage.conversations.beforeAppend = undefined;
  const stops = await Promise.all([stage.turns.stop(id), stage.turns.stop(id)]);
  expect(stops).toContain(true);
  expect((await stage.conversations.get(id))?.state).toBe("idle");
  expect(await stage.types()).toEqual(["user-message", "turn-start", "done", "turn-sealed"]);
  expect(await stage.turns.stop(id)).toBe(false);
  await stage.turns.send(id, { text: "On." });
  await sealedTurns(stage, 2);
});

test("who sends in the call that shows the seal of a stopped leftover keeps the place that it took", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  let appends = 0;
  stage.conversations.beforeAppend = () => {
    if (++appends > 1) throw new Error("The disk is full.");
  };
  await stage.turns.send(id, { text: "Lost." });
  await expect.poll(() => stage.records.some((record) => record.kind === "log")).toBe(true);
  stage.conversations.beforeAppend = undefined;
  stage.stream = hangs;
  const sent: Promise<Admission>[] = [];
  stage.turns.subscribe(id, 0, {
    onEvent: (event) => {
      if (event.type === "turn-sealed" && sent.length === 0)
        sent.push(stage.turns.send(id, { text: "Next." }));
    },
    onEnd: () => {},
  });
  expect(await stage.turns.stop(id)).toBe(true);
  await expect.poll(() => sent).toHaveLength(1);
  await sent[0];
  await expect(stage.turns.send(id, { text: "Too many." })).rejects.toMatchObject({
    code: "turn-in-progress",
  });
  expect(await stage.turns.stop(id)).toBe(true);
});

test("a turn whose conversation is erased is ended at once, and keeps nothing of it", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  stage.stream = hangs;
  await stage.turns.send(id, { text: "Hang." });
  await stage.conversations.delete(id);
  await stage.turns.forget(id);
  // Longer than what is in flight stays unstored.
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await stage.storage.list({ prefix: ["partial"], limit: 10 })).toEqual([]);
  expect(await stage.storage.list({ prefix: ["snapshot"], limit: 10 })).toEqual([]);
});
