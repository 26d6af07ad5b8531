import { type Storage, StorageReadOnlyError } from "@lathe/kernel";
import { tracesBody, tracesGet, tracesList, tracesStatus } from "@lathe/wire/operations";
import { expect, test } from "vitest";
import { openTurn, playStep, playTurn, textBody } from "../testing/play-turn.ts";
import { Stage } from "../testing/stage.ts";

const oneCall = { calls: [{ callId: "call_1", tool: "t" }] };

test("F17: a full disk costs records, which are counted; with room again everything is kept as before", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const transcript: object[] = [];
  const play = (turnId: string): void => {
    const says = [{ role: "user", content: `${turnId} ${"x".repeat(3_000)}` }];
    playTurn(stage.logger, { turnId, conversationId, transcript, steps: [{ ...oneCall, says }] });
  };
  play("trn_1");
  await stage.settled();
  stage.memory.guardCommits(() => {
    throw new StorageReadOnlyError("The disk is full.");
  });
  play("trn_2");
  await stage.settled();
  await stage.timers.advance(0);
  expect(stage.reports).toEqual([
    {
      level: "warn",
      message: expect.stringContaining("could not be written (storage-read-only)"),
      attributes: expect.objectContaining({ droppedCount: 13, notWrittenCount: 13 }),
    },
  ]);
  stage.memory.guardCommits(undefined);
  await stage.timers.advance(1_000);
  play("trn_3");
  await stage.settled();

  await expect(stage.ask(tracesGet, { turnId: "trn_2" })).rejects.toMatchObject({ code: "unknown-trace" });
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_3" });
  const prompt = spans.find(({ name }) => name === "prompt")?.spanId ?? "";
  const whole = await stage.ask(tracesBody, { turnId: "trn_3", spanId: prompt, name: "prompt" });
  // What the lost batch would have stored is stored now.
  expect(whole.text).toContain(transcript.map((message) => `${JSON.stringify(message)}\n`).join(""));
  expect(await stage.ask(tracesStatus, {})).toMatchObject({
    dropped: { notWritten: 13, queueFull: 0 },
    droppedCount: 13,
    toolCallCount: 3,
  });
  expect((await stage.ask(tracesList, {})).items.map(({ turnId }) => turnId)).toEqual(["trn_3", "trn_1"]);
});

test("F17: while the disk hangs nothing waits for it, memory stays bounded, and what does not fit is counted", async () => {
  const stage = await Stage.open({ settings: { queueRecordCountMax: 100, batchBytes: 2_000 } });
  const conversationId = await stage.converse();
  const gate = Promise.withResolvers<void>();
  stage.memory.guardCommits(() => gate.promise);
  for (let index = 0; index < 50; index++)
    playTurn(stage.logger, { turnId: `trn_${index}`, conversationId, steps: [{}] });
  await stage.timers.advance(5_000);
  const hung = await stage.ask(tracesStatus, {});
  expect(hung.queuedRecordCount).toBeLessThanOrEqual(100);
  expect(hung.dropped.queueFull).toBeGreaterThan(300);
  expect(stage.reports[0]?.message).toContain("faster than the store takes them");
  gate.resolve();
  stage.memory.guardCommits(undefined);
  await stage.settled();
  const after = await stage.ask(tracesStatus, {});
  expect(after.queuedRecordCount).toBe(0);
  expect(after.spanCount + after.dropped.queueFull).toBeGreaterThanOrEqual(50);
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_0" });
  expect(spans[0]).toMatchObject({ name: "turn", outcome: "ok" });
});

test("F17: a reader waits for a hanging disk no longer than a second", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  playTurn(stage.logger, { turnId: "trn_1", conversationId, steps: [{}] });
  await stage.settled();
  const gate = Promise.withResolvers<void>();
  stage.memory.guardCommits(() => gate.promise);
  playTurn(stage.logger, { turnId: "trn_1", conversationId, steps: [{}] });
  const asked = stage.ask(tracesGet, { turnId: "trn_1" });
  await stage.timers.advance(1_000);
  expect((await asked).spans).toHaveLength(4);
  gate.resolve();
});

test("F17: a record of ten megabytes is dropped and counted, a body of ten megabytes is kept, and others run meanwhile", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const root = openTurn(stage.logger, { turnId: "trn_1", conversationId, steps: [] });
  root.log("info", "x".repeat(10_000_000));
  const long = "wörd 😀".repeat(1_500_000);
  root.body("prompt", textBody(long));
  const bytes = Buffer.from(long);
  const cut = Array.from({ length: Math.ceil(bytes.length / 65_537) }, (_, index) =>
    bytes.subarray(index * 65_537, (index + 1) * 65_537),
  );
  root.body("response", { head: "", items: cut, itemCount: cut.length, tail: "" });
  let turnsOfTheLoop = 0;
  const counting = setInterval(() => turnsOfTheLoop++, 0);
  await stage.settled();
  clearInterval(counting);
  expect(turnsOfTheLoop).toBeGreaterThan(3);
  for (const name of ["prompt", "response"]) {
    let text = "";
    for (let from: number | null = 0; from !== null; ) {
      const part: { text: string; nextFrom: number | null } = await stage.ask(tracesBody, {
        turnId: "trn_1",
        spanId: root.spanId,
        name,
        from,
        lengthMax: 1_000_000,
      });
      text += part.text;
      from = part.nextFrom;
    }
    expect(text === long, name).toBe(true);
  }
  expect((await stage.ask(tracesStatus, {})).dropped).toMatchObject({ tooLarge: 1 });
});

test("F17: what is no JSON costs itself, and not the batch that it is in", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const circular: Record<string, unknown> = {};
  circular.itself = circular;
  const root = openTurn(stage.logger, { turnId: "trn_1", conversationId, steps: [] });
  const step = root.openSpan("step", { bad: circular as never, worse: 10n as never, fine: 1, index: 0 });
  step.body("prompt", { head: "", items: [circular, { fine: 1 }], itemCount: 2, tail: "" });
  step.close("ok");
  stage.logger.openSpan("odd", {}, { traceId: {} as never, spanId: "x" }).close("ok");
  stage.logger.openSpan("long", {}, { traceId: "y".repeat(5_000), spanId: "x" }).close("ok");
  root.close("ok");
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_1" });
  expect(spans.map(({ name, attributes }) => [name, attributes.fine, attributes.bad])).toEqual([
    ["turn", undefined, undefined],
    ["step", 1, undefined],
  ]);
  const body = await stage.ask(tracesBody, { turnId: "trn_1", spanId: step.spanId, name: "prompt" });
  expect(body.text).toBe('{"fine":1}\n');
  expect((await stage.ask(tracesStatus, {})).dropped).toMatchObject({ notSerializable: 5, notWritten: 0 });
});

test("F17: a batch that the store cannot take at all is lost alone, and nobody who waits for it waits longer", async () => {
  let refusedCount = 0;
  const wrap = (storage: Storage): Storage => ({
    ...storage,
    list: (query) => storage.list(query),
    getMany: (many) => storage.getMany(many),
    commit: (changes, ...joined) => storage.commit(changes, ...joined),
    prepare: (changes) => {
      if (refusedCount++ === 1) throw new TypeError("A value cannot be kept.");
      return storage.prepare(changes);
    },
  });
  const stage = await Stage.open({ wrap, settings: { batchBytes: 2_000 } });
  const conversationId = await stage.converse();
  for (let index = 0; index < 20; index++)
    playTurn(stage.logger, { turnId: `trn_${index}`, conversationId, steps: [{}] });
  await stage.settled();
  const status = await stage.ask(tracesStatus, {});
  expect(status.queuedRecordCount).toBe(0);
  expect(status.dropped.notWritten).toBeGreaterThan(0);
  expect(status.dropped.notWritten).toBeLessThan(20);
  expect((await stage.ask(tracesGet, { turnId: "trn_19" })).spans).toHaveLength(4);
});

test("a stop stores what is queued; one on a hanging disk ends all the same", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  playTurn(stage.logger, { turnId: "trn_1", conversationId, steps: [{}] });
  await stage.store.close();
  const next = await Stage.open({ memory: stage.memory });
  expect((await next.ask(tracesGet, { turnId: "trn_1" })).spans).toHaveLength(4);

  playTurn(next.logger, { turnId: "trn_2", conversationId, steps: [{}] });
  const gate = Promise.withResolvers<void>();
  next.memory.guardCommits(() => gate.promise);
  const closing = next.store.close();
  await next.timers.advance(2_000);
  await closing;
  expect(next.timers.waitingCount()).toBe(0);
  gate.resolve();
});

test("C14s: storage and work grow with what is added, however long the history", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const kept: object[] = [];
  let looked = 0;
  const transcript = new Proxy(kept, {
    get: (target, name, receiver) => {
      if (typeof name === "string" && /^\d+$/.test(name)) looked++;
      return Reflect.get(target, name, receiver);
    },
  });
  const requestItems: Uint8Array[] = [];
  const growth: number[] = [];
  const looks: number[] = [];
  for (let turn = 0; turn < 300; turn++) {
    const before = await stage.storedLength();
    looked = 0;
    const says = [{ role: "user", content: `${turn} `.padEnd(300, "x") }];
    const step = { says, request: JSON.stringify(says[0]), calls: [{ callId: "c", tool: "t" }] };
    const turnId = `trn_${String(turn).padStart(5, "0")}`;
    playTurn(stage.logger, { turnId, conversationId, transcript, requestItems, steps: [step] });
    await stage.settled();
    looks.push(looked);
    growth.push((await stage.storedLength()) - before);
  }
  const early = growth[10] ?? 0;
  expect(growth.at(-1)).toBeLessThan(early * 1.05);
  expect(looks.at(-1)).toBe(looks[10]);
});

test("the same long text is stored once, however often it is told", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const head = { system: "s".repeat(40_000) };
  const output = "o".repeat(30_000);
  const play = (turnId: string): void => {
    const calls = [{ callId: "c", tool: "t", output }];
    playTurn(stage.logger, { turnId, conversationId, transcript: [], steps: [{ head, calls }] });
  };
  play("trn_0");
  await stage.settled();
  const once = await stage.storedLength();
  for (let turn = 1; turn < 50; turn++) play(`trn_${turn}`);
  await stage.settled();
  expect((await stage.storedLength()) - once).toBeLessThan(once * 3);
});

test("a history that is loaded anew shares what was stored of it", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const history = Array.from({ length: 400 }, (_, index) => ({
    role: "user",
    content: `${index} `.padEnd(500, "x"),
  }));
  const load = (turnId: string, count: number): void => {
    const transcript = history.slice(0, count);
    playTurn(stage.logger, { turnId, conversationId, transcript, steps: [{}] });
  };
  load("trn_1", 390);
  await stage.settled();
  const first = await stage.storedLength();
  expect(first).toBeGreaterThan(190_000);
  load("trn_2", 400);
  await stage.settled();
  expect((await stage.storedLength()) - first).toBeLessThan(30_000);
});

test("a turn goes on while its generation is full: it is read across both", async () => {
  const stage = await Stage.open({ settings: { generationBytesMax: 65_536 } });
  const conversationId = await stage.converse();
  const turn = { turnId: "trn_1", conversationId, transcript: [], steps: [] };
  const root = openTurn(stage.logger, turn);
  for (let index = 0; index < 20; index++) {
    const says = [{ role: "user", content: String(index).repeat(10_000) }];
    playStep(root, turn, { says, calls: [{ callId: `c${index}`, tool: "t" }] }, index);
    await stage.settled();
  }
  root.close("ok");
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_1" });
  expect((await stage.ask(tracesStatus, {})).generationCount).toBeGreaterThan(2);
  expect(spans).toHaveLength(1 + 20 * 4);
  expect(spans.every(({ outcome }) => outcome === "ok")).toBe(true);
  const prompts = spans.filter(({ name }) => name === "prompt");
  for (const index of [0, 7, 19]) {
    const spanId = prompts[index]?.spanId ?? "";
    const body = await stage.ask(tracesBody, {
      turnId: "trn_1",
      spanId,
      name: "prompt",
      lengthMax: 1_000_000,
    });
    expect(body.text.split("\n").length - 1).toBe(index + 1);
  }
  expect((await stage.ask(tracesList, { turnId: "trn_1" })).items).toHaveLength(20);
});
