// A conversation that is asked for by name is begun once, however often it is asked for.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeService, openMemoryStorage, openTestHost, type TestHost } from "@lathe/extension-kit/testing";
import { type Conversation, StorageReadOnlyError, StorageService } from "@lathe/kernel";
import { type AnyOperation, Operations, type Principal, ProblemError } from "@lathe/wire";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";

const ann: Principal = { id: "ann", scopes: ["read", "write"] };
const bob: Principal = { id: "bob", scopes: ["read", "write"] };
const hour = 3_600_000;

let memory: ReturnType<typeof openMemoryStorage>;
let folder: string;
let host: TestHost;

const open = (): Promise<TestHost> => {
  const services = [fakeService(StorageService, memory.namespace(manifest.id))];
  const config = { defaultCwd: folder, idempotencyKeepMs: 24 * hour, pruneIntervalMs: hour };
  return openTestHost({ manifest, activate, config, services });
};
beforeEach(async () => {
  memory = openMemoryStorage();
  folder = await mkdtemp(join(tmpdir(), "lathe-create-once-"));
  host = await open();
});
afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

async function ask<T>(name: string, input: object, idempotencyKey?: string, principal = ann): Promise<T> {
  const operation = host.contributions(Operations).get(name) as AnyOperation;
  const { signal } = new AbortController();
  const call = { principal, signal, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  return v.parse(operation.output, await operation.run(v.parse(operation.input, input), call)) as T;
}

const create = (input: object = {}, key?: string, as = ann): Promise<Conversation> =>
  ask("conversations.create", input, key, as);

async function refusalOf(asked: Promise<unknown>): Promise<object> {
  const failure: unknown = await asked.then(
    () => expect.fail("It was answered."),
    (reason: unknown) => reason,
  );
  if (failure instanceof ProblemError) return { status: failure.status, code: failure.code };
  throw failure;
}

const listedIds = async (as = ann): Promise<readonly string[]> => {
  const { items } = await ask<{ items: readonly Conversation[] }>("conversations.list", {}, undefined, as);
  return items.map(({ id }) => id);
};

test("the same key gives the same conversation, as it is by then, also after a restart", async () => {
  const first = await create({ title: "Plans", agent: "reviewer" }, "key-1");
  expect(await create({ agent: "reviewer", title: "Plans" }, "key-1")).toEqual(first);
  await ask("conversations.update", { id: first.id, title: "Other plans" });
  await host.close();
  host = await open();
  const again = await create({ title: "Plans", agent: "reviewer" }, "key-1");
  expect(again).toMatchObject({ id: first.id, title: "Other plans" });
  expect(await listedIds()).toEqual([first.id]);
});

test("the same key with another body is refused, and begins nothing", async () => {
  const { id } = await create({ title: "Plans" }, "key-1");
  for (const other of [{}, { title: "Other plans" }, { title: "Plans", model: "a/b" }])
    expect(await refusalOf(create(other, "key-1"))).toEqual({ status: 422, code: "idempotency-key-reused" });
  expect(await listedIds()).toEqual([id]);
});

test("without a key, and with another, each is a conversation of its own", async () => {
  const made = [await create(), await create(), await create({}, "key-1"), await create({}, "key-2")];
  expect(new Set(made.map(({ id }) => id)).size).toBe(4);
});

test("the key of another owner is another key", async () => {
  const ours = await create({}, "key-1");
  const theirs = await create({ title: "Theirs" }, "key-1", bob);
  expect(theirs).toMatchObject({ owner: "bob", title: "Theirs" });
  expect([await listedIds(), await listedIds(bob)]).toEqual([[ours.id], [theirs.id]]);
});

test("twenty requests at the same moment are one conversation", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => create({}, "key-1")));
  expect(new Set(all.map(({ id }) => id))).toEqual(new Set(await listedIds()));
});

test("two daemons over one store begin it once: the commit decides", async () => {
  const first = host;
  const second = await open();
  const asked = [create({}, "key-1")];
  host = second;
  asked.push(create({}, "key-1"));
  const [one, other] = await Promise.all(asked);
  expect(one?.id).toBe(other?.id);
  expect(await listedIds()).toEqual([one?.id]);
  await first.close();
});

test("a request that was refused leaves its key free, and so does one that could not be stored", async () => {
  const absent = join(folder, "absent");
  expect(await refusalOf(create({ cwd: absent }, "key-1"))).toEqual({ status: 422, code: "no-folder" });
  memory.guardCommits(() => {
    throw new StorageReadOnlyError("full");
  });
  await expect(create({}, "key-1")).rejects.toThrow(StorageReadOnlyError);
  memory.guardCommits(undefined);
  const { id } = await create({}, "key-1");
  expect(await listedIds()).toEqual([id]);
});

test("the key of a conversation that was deleted begins no other", async () => {
  const { id } = await create({}, "key-1");
  await ask("conversations.delete", { id });
  expect(await refusalOf(create({}, "key-1"))).toEqual({ status: 410, code: "conversation-deleted" });
  expect(await listedIds()).toEqual([]);
});

test.each([
  "",
  "two words",
  "caf\u00e9",
  "x".repeat(201),
])("a key that is none is refused: %j", async (key) => {
  expect(await refusalOf(create({}, key))).toEqual({ status: 400, code: "invalid-idempotency-key" });
  expect(await listedIds()).toEqual([]);
});

test("a key stands for its conversation for a day, and is forgotten then", async () => {
  const { id } = await create({}, "key-1");
  await host.timers.advance(23 * hour);
  expect((await create({}, "key-1")).id).toBe(id);
  const storage = memory.namespace(manifest.id);
  const left = async (): Promise<readonly unknown[]> => {
    await host.timers.advance(hour);
    return storage.list({ prefix: ["key"], limit: 1 });
  };
  await expect.poll(left).toEqual([]);
  expect((await create({}, "key-1")).id).not.toBe(id);
});
