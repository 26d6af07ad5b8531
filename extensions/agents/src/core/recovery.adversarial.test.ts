// A daemon dies in the middle of a turn, and the next one goes on with it: the store is the same, everything else is new.
import { interruptedResult, type ProviderEvent, type Tool } from "@lathe/kernel";
import { expect, test } from "vitest";
import { hangs, openStage, type Stage, type Stream, sealedTurns, Watcher } from "../testing/stage.ts";

function tool(name: string, traits: Partial<Tool>, run: () => Promise<string>): Tool {
  return {
    name,
    description: "A tool.",
    parameters: { type: "object" },
    input: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
    concurrencySafe: true,
    readOnly: false,
    idempotent: false,
    timeoutMs: 0,
    execute: async () => ({ content: await run() }),
    ...traits,
  };
}

/** Calls the tools once each, and then says what came of it. */
function callsThenAnswers(...names: readonly string[]): Stream {
  return async function* (request) {
    const results = request.messages.filter((message) => message.role === "tool");
    if (results.length > 0) {
      yield [
        { type: "text-delta", text: `Got ${results.map(({ content }) => content).join(", ")}.` },
        { type: "finish", reason: "stop", rawReason: null },
      ];
      return;
    }
    const calls = names.map(
      (name): ProviderEvent => ({ type: "tool-call", callId: `c-${name}`, name, argumentsText: "{}" }),
    );
    yield [
      { type: "text-delta", text: "Looking." },
      ...calls,
      { type: "finish", reason: "tool-calls", rawReason: null },
    ];
  };
}

const never = () => new Promise<string>(() => {});

async function crashed(stage: Stage): Promise<ReturnType<Stage["restart"]>> {
  const next = stage.restart();
  await next.recover();
  return next;
}

async function answerOf(stage: Stage): Promise<unknown> {
  const steps = (await stage.entries()).filter((entry) => entry.type === "step-complete");
  return steps.at(-1)?.message?.content;
}

test("S5: a call that may have changed something is not run again, and the model is told that nobody knows", async () => {
  let runCount = 0;
  const write = tool("write", {}, () => {
    runCount++;
    return never();
  });
  const stage = await openStage({ tools: { write } });
  stage.stream = callsThenAnswers("write");
  let askedCount = 0;
  const { stream } = stage;
  stage.stream = (request) => {
    askedCount++;
    return stream(request);
  };
  await stage.turns.send(stage.conversation.id, { text: "Write." });
  await expect.poll(() => runCount).toBe(1);
  const next = await crashed(stage);
  await next.continueAll();
  await sealedTurns(stage, 1);
  expect(runCount).toBe(1);
  expect(await answerOf(stage)).toEqual([{ type: "text", text: `Got ${interruptedResult}.` }]);
  // The answer with the call was paid for once: after the crash the model is asked for the next step only.
  expect(askedCount).toBe(2);
  expect(await stage.types()).toEqual([
    "user-message",
    "turn-start",
    "step-complete",
    "step-complete",
    "done",
    "turn-sealed",
  ]);
});

test("S5: calls that may be repeated run again, beside one that may not", async () => {
  const runs: string[] = [];
  const counting = (name: string, traits: Partial<Tool>) =>
    tool(name, traits, async () => {
      runs.push(name);
      return runs.filter((other) => other === name).length === 1 ? never() : `${name} again`;
    });
  const tools = {
    put: counting("put", { idempotent: true }),
    send: counting("send", {}),
    look: counting("look", { readOnly: true }),
  };
  const stage = await openStage({ tools });
  stage.stream = callsThenAnswers("look", "put", "send");
  await stage.turns.send(stage.conversation.id, { text: "All." });
  await expect.poll(() => runs.toSorted()).toEqual(["look", "put", "send"]);
  const next = await crashed(stage);
  await next.continueAll();
  await sealedTurns(stage, 1);
  expect(runs.toSorted()).toEqual(["look", "look", "put", "put", "send"]);
  const steps = (await stage.entries()).filter((entry) => entry.type === "step-complete");
  expect(steps[0]?.toolResults.map(({ content }) => content)).toEqual([
    "look again",
    "put again",
    interruptedResult,
  ]);
});

test("a call that changes something does not run before everything that came before it is stored", async () => {
  const order: string[] = [];
  const write = tool("write", {}, async () => {
    order.push("ran");
    return "done";
  });
  const stage = await openStage({ tools: { write } });
  const { commit } = stage.storage;
  const gate = Promise.withResolvers<void>();
  stage.storage.commit = async (...changes) => {
    await gate.promise;
    order.push("stored");
    return commit.apply(stage.storage, changes);
  };
  stage.stream = callsThenAnswers("write");
  const send = stage.turns.send(stage.conversation.id, { text: "Write." });
  gate.resolve();
  await send;
  await sealedTurns(stage, 1);
  expect(order.indexOf("ran")).toBeGreaterThan(order.indexOf("stored"));
  expect(order[order.indexOf("ran") - 1]).toBe("stored");
});

test("a turn whose model had said a part of its answer is asked again, and nothing is there twice", async () => {
  const stage = await openStage();
  stage.stream = async function* () {
    yield [{ type: "text-delta", text: "Half of an" }];
    await never();
  };
  await stage.turns.send(stage.conversation.id, { text: "Hi." });
  await expect.poll(() => stage.storage.list({ prefix: ["partial"], limit: 5 })).toHaveLength(1);
  stage.stream = callsThenAnswers();
  const next = await crashed(stage);
  const watcher = new Watcher();
  next.subscribe(stage.conversation.id, 0, watcher);
  await next.continueAll();
  await sealedTurns(stage, 1);
  await expect.poll(() => watcher.types.at(-1)).toBe("turn-sealed");
  expect(await stage.types()).toEqual(["user-message", "turn-start", "step-complete", "done", "turn-sealed"]);
  expect(await stage.storage.list({ prefix: ["partial"], limit: 5 })).toEqual([]);
});

test("a turn that brings every daemon down is ended in the end", async () => {
  const stage = await openStage();
  stage.stream = async function* () {
    yield [];
    await never();
  };
  await stage.turns.send(stage.conversation.id, { text: "Hi." });
  const found: unknown[] = [];
  for (let start = 0; start < 5; start++) {
    const next = stage.restart();
    found.push(await next.recover());
    await next.continueAll();
  }
  const goesOn = { continuedCount: 1, sealedCount: 0 };
  expect(found).toEqual([
    goesOn,
    goesOn,
    goesOn,
    { continuedCount: 0, sealedCount: 1 },
    { continuedCount: 0, sealedCount: 0 },
  ]);
  expect((await stage.entries()).at(-2)).toMatchObject({ type: "done", finishReason: "interrupted" });
});

test("C7, G15: what a step has waited for its retries counts after a restart as well", async () => {
  const failure = {
    kind: "overloaded",
    message: "Busy.",
    status: 529,
    code: null,
    retryable: true,
    retryAfterMs: null,
  } as const;
  const stage = await openStage({
    agent: { retry: { delaysMs: [1, 3_600_000], sleptMsMax: 3_600_001 } },
  });
  let askedCount = 0;
  stage.stream = async function* () {
    askedCount++;
    yield [{ type: "error", failure }];
  };
  await stage.turns.send(stage.conversation.id, { text: "Hi." });
  await expect.poll(() => askedCount).toBe(2);
  // The hour's wait is on disk before the daemon dies in it.
  await expect
    .poll(() => stage.storage.get(["snapshot", stage.conversation.id]))
    .toMatchObject({
      value: { turn: { retry: { failedAttempts: 2, sleptMs: 3_600_001 } } },
    });
  const next = await crashed(stage);
  await next.continueAll();
  await sealedTurns(stage, 1);
  expect(askedCount).toBe(3);
  expect((await stage.entries()).at(-2)).toMatchObject({ type: "done", finishReason: "error" });
});

test("a turn that waits to go on holds its place, and can be stopped before it does", async () => {
  const stage = await openStage();
  stage.stream = async function* () {
    yield [];
    await never();
  };
  await stage.turns.send(stage.conversation.id, { text: "Hi." });
  const next = await crashed(stage);
  await expect(next.send(stage.conversation.id, { text: "Me too." })).rejects.toMatchObject({
    code: "turn-in-progress",
  });
  const stopped = next.stop(stage.conversation.id);
  await next.continueAll();
  expect(await stopped).toBe(true);
  await sealedTurns(stage, 1);
  expect((await stage.entries()).at(-2)).toMatchObject({ type: "done", finishReason: "aborted" });
});

test("a turn whose model is gone after the restart is ended, and the conversation goes on", async () => {
  const stage = await openStage();
  stage.stream = async function* () {
    yield [];
    await never();
  };
  const { id } = stage.conversation;
  await stage.turns.send(id, { text: "Hi." });
  const snapshot = await stage.storage.get(["snapshot", id]);
  const value = snapshot?.value as { turn: object };
  const gone = { ...value, turn: { ...value.turn, model: "gone/model" } };
  await stage.storage.commit({ puts: [{ key: ["snapshot", id], value: gone as never }] });
  const next = await crashed(stage);
  await next.continueAll();
  await sealedTurns(stage, 1);
  expect((await stage.entries()).at(-2)).toMatchObject({ type: "done", finishReason: "interrupted" });
  stage.stream = callsThenAnswers();
  await next.send(id, { text: "Again.", model: "test/model" });
  await sealedTurns(stage, 2);
});

test("what a step has waited for its retries is not forgotten while its model is asked after a restart", async () => {
  const stage = await openStage();
  stage.stream = hangs;
  const { id } = stage.conversation;
  await stage.turns.send(id, { text: "Hi." });
  await expect.poll(() => stage.storage.list({ prefix: ["partial"], limit: 5 })).toHaveLength(1);
  const key = ["snapshot", id];
  const value = (await stage.storage.get(key))?.value as { turn: object };
  const retry = { failedAttempts: 2, sleptMs: 15_000 };
  const waited = { ...value, turn: { ...value.turn, retry } };
  await stage.storage.commit({ puts: [{ key, value: waited as never }] });
  const next = await crashed(stage);
  await next.continueAll();
  await expect.poll(() => stage.storage.list({ prefix: ["partial"], limit: 5 })).toHaveLength(1);
  expect(await stage.storage.get(key)).toMatchObject({ value: { turn: { retry } } });
});

test("a daemon that ends before its leftovers went on does not wait for them, and the next one goes on with them", async () => {
  const stage = await openStage();
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Hi." });
  const ended = await crashed(stage);
  await ended.drain(0);
  await ended.continueAll();
  expect(await stage.types()).toEqual(["user-message", "turn-start"]);
  stage.stream = callsThenAnswers();
  const next = await crashed(stage);
  await next.continueAll();
  await sealedTurns(stage, 1);
});
