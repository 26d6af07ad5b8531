// The change feed of conversations: each change after its commit, to whoever may see the conversation.
import { fakeService, openMemoryStorage, openTestHost, type TestHost } from "@lathe/extension-kit/testing";
import { type Conversations, ConversationsService, StorageService, type StreamEvent } from "@lathe/kernel";
import { type AnyOperation, type Call, Operations, type Principal } from "@lathe/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";
import { draft, message } from "./testing/test-log.ts";

const local: Principal = { id: "local", scopes: ["read", "write"] };
const other: Principal = { id: "other", scopes: ["read", "write"] };
const root: Principal = { id: "root", scopes: ["read", "write", "admin"] };

let memory: ReturnType<typeof openMemoryStorage>;
let host: TestHost;
let conversations: Conversations;
beforeEach(async () => {
  memory = openMemoryStorage();
  const storage = memory.namespace(manifest.id);
  host = await openTestHost({ manifest, activate, services: [fakeService(StorageService, storage)] });
  conversations = host.use(ConversationsService);
});
afterEach(() => host.close());

function follow(principal: Principal): StreamEvent[] {
  const operation = host.contributions(Operations).get("conversations.changes") as AnyOperation;
  const call: Call = { principal, signal: new AbortController().signal };
  const told: StreamEvent[] = [];
  operation.follow?.(
    {},
    { replays: false },
    call,
  )?.({
    event: (event) => void told.push(event),
    end: () => expect.fail("It has ended."),
  });
  return told;
}

const pass = (): Promise<void> => host.timers.advance(1_000);

test("a conversation is told when it begins, with each commit of its log, and when it is deleted", async () => {
  const told = follow(local);
  const created = await conversations.create(draft);
  await pass();
  await conversations.append(created.id, [message(created.id, "Hello.")], { state: "in_progress" });
  await pass();
  const busy = await conversations.get(created.id);
  await conversations.delete(created.id);
  await pass();
  expect(busy).toMatchObject({ state: "in_progress", lastSeq: 1 });
  expect(told).toEqual([
    { type: "feed-start" },
    ...[created, busy, null].map((conversation) => {
      return { type: "conversation-changed", conversationId: created.id, conversation };
    }),
  ]);
});

test("one that begins with somebody else's commit is told when that is made, and not before", async () => {
  const told = follow(local);
  const { conversation, changes } = conversations.prepare(draft);
  await pass();
  expect(told).toEqual([{ type: "feed-start" }]);
  await memory.namespace("elsewhere").commit({ puts: [{ key: ["own"], value: 1 }] }, changes);
  await pass();
  expect(told.slice(1)).toEqual([
    { type: "conversation-changed", conversationId: conversation.id, conversation },
  ]);
});

test("a fork is told, and what a run began for its own work is not", async () => {
  const own = await conversations.create({ ...draft, parentRunId: "run_1" });
  const { turnId } = { turnId: "trn_1" };
  await conversations.append(own.id, [
    message(own.id, "Hello."),
    { type: "turn-sealed", conversationId: own.id, turnId },
  ]);
  const told = follow(local);
  await conversations.append(own.id, [message(own.id, "Again.")]);
  const fork = await conversations.fork(own.id, 2, { owner: "local", title: null, model: null });
  await conversations.delete(own.id);
  await pass();
  expect(told).toEqual([
    { type: "feed-start" },
    { type: "conversation-changed", conversationId: fork.id, conversation: fork },
  ]);
});

test("everybody is told of his own alone, also of a deletion, and who may see everything of all", async () => {
  const feeds = [follow(local), follow(other), follow(root)];
  const { id } = await conversations.create(draft);
  await pass();
  await conversations.delete(id);
  await pass();
  expect(feeds.map((told) => told.length)).toEqual([3, 1, 3]);
});
