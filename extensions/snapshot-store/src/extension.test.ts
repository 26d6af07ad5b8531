import {
  createMemoryConversations,
  fakeService,
  type MemoryConversations,
  openMemoryStorage,
  openTestHost,
  stepComplete,
  type TestHost,
  turnDone,
  turnSealed,
  turnStart,
  userMessage,
} from "@lathe/extension-kit/testing";
import {
  ConversationsService,
  noUsage,
  type Snapshot,
  SnapshotsService,
  StorageService,
} from "@lathe/kernel";
import {
  type AnyOperation,
  type Call,
  Operations,
  type Page,
  ProblemError,
  type TurnMetrics,
} from "@lathe/wire";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";

const draft = { owner: "ann", title: null, agent: "default", model: null, cwd: "/" };
const names = ["snapshot", "timeline", "metrics", "usage"].map((verb) => `conversations.${verb}`);
let conversations: MemoryConversations;
let host: TestHost;
let id: string;

beforeEach(async () => {
  const storage = openMemoryStorage().namespace(manifest.id);
  conversations = createMemoryConversations(storage);
  host = await openTestHost({
    manifest,
    activate,
    services: [fakeService(StorageService, storage), fakeService(ConversationsService, conversations)],
  });
  id = (await conversations.create(draft)).id;
});
afterEach(() => host.close());

function callOf(principalId: string, ...scopes: Call["principal"]["scopes"]): Call {
  return {
    principal: { id: principalId, scopes: ["read", ...scopes] },
    signal: new AbortController().signal,
  };
}

/** Calls an operation as a transport does: the input is checked before it, the output after it. */
async function ask(name: string, input: object, call: Call = callOf("ann")): Promise<unknown> {
  const operation = host.contributions(Operations).get(name) as AnyOperation;
  return v.parse(operation.output, await operation.run(v.parse(operation.input, input), call));
}

async function problemOf(name: string, input: object, call?: Call): Promise<object> {
  const failure: unknown = await ask(name, input, call).then(
    () => expect.fail("It was answered."),
    (reason: unknown) => reason,
  );
  if (failure instanceof ProblemError) return failure.toProblem();
  throw failure;
}

/** Appends a turn of one step with its snapshot and its metrics, as the recorder does. */
async function addTurn(turnId: string): Promise<Snapshot> {
  const place = { conversationId: id, turnId };
  const startSeq = ((await conversations.get(id))?.lastSeq ?? 0) + 1;
  const usage = { ...noUsage, inputTokens: 100, cacheReadTokens: 25 };
  const sums = { stepCount: 1, usage, contextSize: 100 };
  const events = [
    userMessage(place, "Hello."),
    turnStart(place),
    stepComplete(place, 0, { usage }),
    turnDone(place, { ...sums, durationMs: 40 }),
    turnSealed(place),
  ];
  const turn = { turnId, runId: "run_1", agent: "default", model: "p/m", startSeq, startedAtMs: 1_000 };
  const snapshot: Snapshot = {
    conversationId: id,
    state: "idle",
    seq: startSeq + 4,
    turn: { ...turn, ...sums, toolCallCount: 0, resumeCount: 0, retry: null },
    pending: null,
  };
  const joined = [host.use(SnapshotsService).prepare(snapshot, events)];
  await conversations.append(id, events, { joined });
  return snapshot;
}

test("C3: the usage is the sum of all turns, with the share of the input that came from the cache", async () => {
  for (const turnId of ["trn_1", "trn_2"]) await addTurn(turnId);
  expect(await ask("conversations.usage", { id })).toEqual({
    ...{ turnCount: 2, stepCount: 2, toolCallCount: 0, cacheHitRate: 0.25 },
    usage: { ...noUsage, inputTokens: 200, cacheReadTokens: 50 },
    undone: { turnCount: 0, stepCount: 0, toolCallCount: 0, usage: noUsage, cacheHitRate: null },
  });
});

test("the snapshot is what was stored with the last commit, and that of nothing where nothing has happened", async () => {
  expect(await ask("conversations.snapshot", { id })).toEqual({
    conversationId: id,
    state: "idle",
    seq: 0,
    turn: null,
    pending: null,
  });
  const snapshot = await addTurn("trn_1");
  expect(await ask("conversations.snapshot", { id })).toEqual(snapshot);
  const fork = await conversations.fork(id, 5, { owner: "ann", title: null, model: null });
  expect(await ask("conversations.snapshot", { id: fork.id })).toMatchObject({ seq: 5, turn: null });
});

describe.each(["conversations.timeline", "conversations.metrics"])("%s", (name) => {
  test("S6, T11: goes through all turns by cursor, newest first or oldest first, and ends", async () => {
    const turnIds = ["trn_1", "trn_2", "trn_3", "trn_4", "trn_5"];
    for (const turnId of turnIds) await addTurn(turnId);
    for (const order of ["newest", "oldest"]) {
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = (await ask(name, {
          id,
          order,
          limit: 2,
          ...(cursor ? { cursor } : {}),
        })) as Page<TurnMetrics>;
        seen.push(...page.items.map(({ turnId }) => turnId));
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(order === "oldest" ? turnIds : turnIds.toReversed());
    }
    const last = (await ask(name, { id, limit: 1 })) as Page<TurnMetrics>;
    expect(last.items[0]).toMatchObject({ turnId: "trn_5", cacheHitRate: 0.25, finishReason: "stop" });
  });

  test.each([
    "0",
    "-1",
    "1.5",
    "1e3",
    "trn_1",
    "9".repeat(17),
    "\u0661",
  ])("answers the cursor %j with 400", async (cursor) => {
    await addTurn("trn_1");
    expect(await problemOf(name, { id, cursor })).toMatchObject({
      status: 400,
      code: "invalid-cursor",
      errors: [{ field: "cursor" }],
    });
  });

  test("a cursor beyond the end is the end of a list of the oldest, and the beginning of one of the newest", async () => {
    await addTurn("trn_1");
    const cursor = "9".repeat(16);
    expect(await ask(name, { id, cursor, order: "oldest" })).toEqual({ items: [], nextCursor: null });
    expect(((await ask(name, { id, cursor })) as Page<TurnMetrics>).items).toHaveLength(1);
  });

  test.each([
    { limit: 0 },
    { limit: 201 },
    { limit: "5" },
    { order: "random" },
    { turn: 1 },
  ])("refuses %j", async (input) => {
    await expect(ask(name, { id, ...input })).rejects.toThrow(v.ValiError);
  });
});

test("S7: a fork and its origin are compared over the API, whichever is named first", async () => {
  await addTurn("trn_1");
  const fork = await conversations.fork(id, 5, { owner: "ann", title: null, model: null });
  await addTurn("trn_2");
  const there = { id, otherId: fork.id };
  expect(await ask("conversations.compare", there)).toMatchObject({
    sharedSeq: 5,
    shared: { turnCount: 1, durationMs: 40, models: ["p/m"] },
    one: { turnCount: 1, undone: [] },
    other: { turnCount: 0, durationMs: 0, models: [], undone: [] },
  });
  const back = { id: fork.id, otherId: id };
  expect(await ask("conversations.compare", back)).toMatchObject({
    sharedSeq: 5,
    one: { turnCount: 0 },
    other: { turnCount: 1 },
  });
});

test("B1: whoever compares must be allowed to see both", async () => {
  const { id: foreignId } = await conversations.create({ ...draft, owner: "bob" });
  for (const pair of [
    { id, otherId: foreignId },
    { id: foreignId, otherId: id },
  ])
    expect(await problemOf("conversations.compare", pair)).toMatchObject({ status: 403, code: "forbidden" });
  for (const pair of [
    { id, otherId: "cnv_none" },
    { id: "cnv_none", otherId: id },
  ])
    expect(await problemOf("conversations.compare", pair)).toMatchObject({ code: "unknown-conversation" });
});

test("B1: what is another's is answered with 403, as long as the 404 of what is not there", async () => {
  await addTurn("trn_1");
  for (const name of names) {
    const foreign = await problemOf(name, { id }, callOf("bob"));
    const unknown = await problemOf(name, { id: "cnv_none" }, callOf("bob"));
    expect(foreign).toMatchObject({ status: 403, code: "forbidden" });
    expect(unknown).toMatchObject({ status: 404, code: "unknown-conversation" });
    expect(JSON.stringify(foreign)).toHaveLength(JSON.stringify(unknown).length);
    expect(await ask(name, { id }, callOf("root", "admin"))).toBeTypeOf("object");
  }
});

test("a conversation that is deleted takes what is kept of it along, as far as no fork shares it", async () => {
  await addTurn("trn_1");
  await addTurn("trn_2");
  const fork = await conversations.fork(id, 5, { owner: "ann", title: null, model: null });
  await conversations.delete(id);
  const snapshots = host.use(SnapshotsService);
  expect(await snapshots.get(id)).toBeUndefined();
  const shared = (await ask("conversations.metrics", { id: fork.id })) as Page<TurnMetrics>;
  expect(shared.items.map(({ turnId, steps }) => [turnId, steps.length])).toEqual([["trn_1", 1]]);
  await conversations.delete(fork.id);
  for (const name of names)
    expect(await problemOf(name, { id: fork.id })).toMatchObject({ code: "unknown-conversation" });
});
