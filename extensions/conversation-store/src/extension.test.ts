import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeService, openMemoryStorage, openTestHost, type TestHost } from "@lathe/extension-kit/testing";
import { type Conversation, ConversationsService, StorageService } from "@lathe/kernel";
import { type AnyOperation, type Call, Operations, ProblemError } from "@lathe/wire";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";
import { draft, message, wholeTurn } from "./testing/test-log.ts";

const call: Call = {
  principal: { id: "local", scopes: ["read", "write"] },
  signal: new AbortController().signal,
};
const admin: Call = { ...call, principal: { id: "root", scopes: ["read", "write", "admin"] } };
const memory = { current: openMemoryStorage() };
let folder: string;
let host: TestHost;

const open = (config: object = {}): Promise<TestHost> => {
  const storage = memory.current.namespace(manifest.id);
  return openTestHost({ manifest, activate, config, services: [fakeService(StorageService, storage)] });
};

beforeEach(async () => {
  memory.current = openMemoryStorage();
  folder = await mkdtemp(join(tmpdir(), "lathe-conversations-"));
  host = await open({ defaultCwd: folder });
});
afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

/** Calls an operation as a transport does: the input is checked before it, the output after it. */
async function ask(name: string, input: object, as: Call = call): Promise<unknown> {
  const operation = host.contributions(Operations).get(name) as AnyOperation;
  return v.parse(operation.output, await operation.run(v.parse(operation.input, input), as));
}

async function problemOf(name: string, input: object): Promise<object> {
  const failure: unknown = await ask(name, input).then(
    () => expect.fail("It was answered."),
    (reason: unknown) => reason,
  );
  if (failure instanceof ProblemError) return failure.toProblem();
  throw failure;
}

test("G19: the order of lists is that of what happened also where the clock stands still, and in the next daemon", async () => {
  const begin = async (): Promise<string> => ((await ask("conversations.create", {})) as Conversation).id;
  const say = (id: string) => host.use(ConversationsService).append(id, wholeTurn(id, "trn_1", 1));
  const order = async () => ((await ask("conversations.list", {})) as { items: Conversation[] }).items;
  const [one, other] = [await begin(), await begin()];
  await say(one);
  await say(one);
  expect(await order()).toMatchObject([{ id: one }, { id: other }]);
  await host.close();
  host = await open({ defaultCwd: folder });
  await say(other);
  expect(await order()).toMatchObject([{ id: other }, { id: one }]);
});

describe("conversations.create", () => {
  test("makes a conversation with what is given, and defaults for the rest", async () => {
    const plain = (await ask("conversations.create", {})) as Conversation;
    expect(plain).toMatchObject({
      agent: "default",
      model: null,
      owner: "local",
      title: null,
      cwd: folder,
      state: "idle",
      lastSeq: 0,
    });
    const full = {
      agent: "reviewer",
      model: "scripted/demo",
      title: "A title",
      cwd: `${folder}/../${folder.split("/").at(-1)}/`,
    };
    expect(await ask("conversations.create", full)).toMatchObject({ ...full, cwd: folder });
    expect(await ask("conversations.get", { id: plain.id })).toEqual(plain);
  });

  test.each([
    "relative",
    "~/home",
    "",
    "./x",
    "/a\0b",
    "C:\\x",
  ])("E10: refuses the folder %j as input", async (cwd) => {
    await expect(ask("conversations.create", { cwd })).rejects.toThrow(v.ValiError);
  });

  test.each([
    { parentRunId: "run_1" },
    { overrides: { tools: [] } },
  ])("takes nothing that only a run may say: %j", async (input) => {
    await expect(ask("conversations.create", input)).rejects.toThrow(v.ValiError);
  });

  test("E10: refuses a folder that is not there, or is a file, and names the field", async () => {
    await writeFile(join(folder, "file"), "");
    for (const cwd of [join(folder, "missing"), join(folder, "file")]) {
      expect(await problemOf("conversations.create", { cwd })).toMatchObject({
        status: 422,
        code: "no-folder",
        errors: [{ field: "cwd" }],
      });
    }
    expect(await ask("conversations.list", {})).toEqual({ items: [], nextCursor: null });
  });

  test("asks for a folder where the configuration names none", async () => {
    await host.close();
    host = await open();
    expect(await problemOf("conversations.create", {})).toMatchObject({
      code: "no-folder",
      errors: [{ field: "cwd" }],
    });
    expect(await ask("conversations.create", { cwd: folder })).toMatchObject({ cwd: folder });
  });

  test.each([
    { title: "" },
    { title: "x".repeat(501) },
    { title: "a\u0000b" },
    { agent: "\uD800" },
    { model: 5 },
    { unknown: 1 },
  ])("refuses the input %j", async (input) => {
    await expect(ask("conversations.create", input)).rejects.toThrow(v.ValiError);
  });
});

test("conversations.list goes through all of them, newest first, and ends", async () => {
  const made: string[] = [];
  for (let index = 0; index < 5; index++)
    made.unshift(((await ask("conversations.create", {})) as Conversation).id);
  const listed: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = (await ask("conversations.list", { limit: 2, ...(cursor ? { cursor } : {}) })) as Page;
    listed.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(listed).toEqual(made);
  for (const cursor of ["nonsense", ":", "12:", "-1:cnv_1", "1e3:cnv_1", listed[0]])
    expect(await problemOf("conversations.list", { cursor })).toMatchObject({
      ...{ status: 400, code: "invalid-cursor" },
      errors: [{ field: "cursor" }],
    });
});

describe("conversations.list with words to look for", () => {
  const titlesOf = async (search: string): Promise<readonly (string | null)[]> => {
    const { items, nextCursor } = (await ask("conversations.list", { search })) as Page;
    expect(nextCursor).toBeNull();
    return items.map(({ title }) => title);
  };

  test("finds them in titles and in names of agents, whatever their case, their marks and their order", async () => {
    await ask("conversations.create", { title: "Résumé of the PARSER" });
    await ask("conversations.create", { title: "Parse dates", agent: "reviewer" });
    await ask("conversations.create", {});
    expect(await titlesOf("pars")).toEqual(["Parse dates", "Résumé of the PARSER"]);
    expect(await titlesOf("parser resume")).toEqual(["Résumé of the PARSER"]);
    expect(await titlesOf("RE\u0301SUME\u0301")).toEqual(["Résumé of the PARSER"]);
    expect(await titlesOf("Review parse")).toEqual(["Parse dates"]);
    expect(await titlesOf("nothing of it")).toEqual([]);
    expect(await titlesOf(" ")).toHaveLength(3);
  });

  test("reads a bounded part for each page, which may hold nothing and still not be the last", async () => {
    const conversations = host.use(ConversationsService);
    await conversations.create({ ...draft, title: "The needle" });
    for (let count = 0; count < 4_100; count += 1) await conversations.create({ ...draft, title: "Hay" });
    await conversations.create({ ...draft, title: "A needle", owner: "ann" });
    for (const as of [call, admin]) {
      const pages: (readonly (string | null)[])[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const input = { search: "needle", limit: 1, ...(cursor ? { cursor } : {}) };
        const page = (await ask("conversations.list", input, as)) as Page;
        pages.push(page.items.map(({ title }) => title));
        cursor = page.nextCursor;
      }
      const mine = [[], [], ["The needle"]];
      expect(pages).toEqual(as === admin ? [["A needle"], ...mine] : mine);
    }
  });
});

describe("conversations.update", () => {
  test("gives another title, another model, or the agent's own model again, and leaves everything else", async () => {
    const conversations = host.use(ConversationsService);
    const { id } = await conversations.create({ ...draft, model: "a/b" });
    await conversations.append(id, [message(id, "Hello.")], { state: "in_progress" });
    const before = await conversations.get(id);
    const renamed = await ask("conversations.update", { id, title: "Plans" });
    expect(renamed).toEqual({ ...before, title: "Plans", updatedAtMs: expect.any(Number) });
    expect(await ask("conversations.update", { id, model: "c/d" })).toMatchObject({
      title: "Plans",
      model: "c/d",
    });
    expect(await ask("conversations.update", { id, model: null })).toMatchObject({ model: null, lastSeq: 1 });
    await conversations.append(id, [message(id, "Another.")], { state: "idle" });
    expect(await ask("conversations.get", { id })).toMatchObject({
      title: "Plans",
      lastSeq: 2,
      state: "idle",
    });
  });

  test("comes between appends and loses none of them", async () => {
    const conversations = host.use(ConversationsService);
    const { id } = await conversations.create(draft);
    const appends = Array.from({ length: 20 }, async (_, at) => {
      await conversations.append(id, [message(id, String(at))]);
      return ask("conversations.update", { id, title: `Title ${at}` });
    });
    await Promise.all(appends);
    expect(await ask("conversations.get", { id })).toMatchObject({ title: "Title 19", lastSeq: 20 });
  });

  test.each([
    {},
    { title: "" },
    { title: null },
    { title: "x".repeat(501) },
    { model: "" },
    { agent: "reviewer" },
  ])("refuses the input %j", async (input) => {
    await expect(ask("conversations.update", { id: "cnv_1", ...input })).rejects.toThrow(v.ValiError);
  });
});

interface Page {
  readonly items: readonly Conversation[];
  readonly nextCursor: string | null;
}

test("conversations.entries reads after a position, with the position of the last one", async () => {
  const conversations = host.use(ConversationsService);
  const { id } = await conversations.create(draft);
  const entries = await conversations.append(
    id,
    ["a", "b", "c"].map((text) => message(id, text)),
  );
  expect(await ask("conversations.entries", { id })).toEqual({ items: entries, lastSeq: 3 });
  expect(await ask("conversations.entries", { id, sinceSeq: 1, limit: 1 })).toEqual({
    items: [entries[1]],
    lastSeq: 3,
  });
  expect(await ask("conversations.entries", { id, sinceSeq: 9 })).toEqual({ items: [], lastSeq: 3 });
  for (const wrong of [
    { sinceSeq: -1 },
    { sinceSeq: 0.5 },
    { limit: 0 },
    { limit: 1_001 },
    { sinceSeq: "1" },
  ]) {
    await expect(ask("conversations.entries", { id, ...wrong })).rejects.toThrow(v.ValiError);
  }
});

test("conversations.delete takes everything, but not in the middle of a turn", async () => {
  const conversations = host.use(ConversationsService);
  const { id } = await conversations.create(draft);
  await conversations.append(id, [message(id, "a")], { state: "in_progress" });
  expect(await problemOf("conversations.delete", { id })).toMatchObject({
    status: 409,
    code: "turn-in-progress",
  });
  await conversations.append(id, [], { state: "idle" });
  expect(await ask("conversations.delete", { id })).toBeNull();
  expect(await conversations.get(id)).toBeUndefined();
});

describe("conversations.fork", () => {
  const turnOf = (id: string) => wholeTurn(id, "trn_1", 2);

  test("S7: shares a conversation up to the end of a turn or of a step, with another model where one is named", async () => {
    const conversations = host.use(ConversationsService);
    const { id } = await conversations.create({ ...draft, title: "Plans", model: "a/b" });
    await conversations.append(id, turnOf(id));
    const whole = (await ask("conversations.fork", { id, turnId: "trn_1" })) as Conversation;
    const forkedFrom = { conversationId: id, seq: 6 };
    expect(whole).toMatchObject({
      title: "Fork: Plans",
      model: "a/b",
      lastSeq: 6,
      state: "idle",
      forkedFrom,
    });
    const part = { id, seq: 3, model: "c/d", title: "Another way" };
    expect(await ask("conversations.fork", part)).toMatchObject({
      title: "Another way",
      model: "c/d",
      lastSeq: 5,
    });
    expect(await ask("conversations.get", { id: whole.id })).toEqual(whole);
  });

  test("says what cannot be forked, and why", async () => {
    const conversations = host.use(ConversationsService);
    const { id } = await conversations.create(draft);
    await conversations.append(id, turnOf(id));
    const forkOf = (where: object): Promise<object> => problemOf("conversations.fork", { id, ...where });
    expect(await forkOf({ turnId: "trn_2" })).toMatchObject({ status: 404, code: "unknown-turn" });
    for (const seq of [0, 1, 5, 7, Number.MAX_SAFE_INTEGER])
      expect(await forkOf({ seq })).toMatchObject({ status: 422, code: "not-a-fork-position" });
    for (const wrong of [
      {},
      { seq: 6, turnId: "trn_1" },
      { seq: -1 },
      { seq: 1.5 },
      { turnId: "" },
      { seq: "6" },
    ])
      await expect(ask("conversations.fork", { id, ...wrong })).rejects.toThrow(v.ValiError);
    expect(await conversations.list({ limit: 9 })).toHaveLength(1);
  });
});

describe("B1: what is another's", () => {
  const requests = {
    "conversations.get": {},
    "conversations.entries": {},
    "conversations.delete": {},
    "conversations.fork": { seq: 6 },
    "conversations.update": { title: "Mine" },
  };

  test.each(
    Object.entries(requests),
  )("%s answers 403, as long as the 404 of what is not there", async (name, input) => {
    const conversations = host.use(ConversationsService);
    const { id } = await conversations.create({ ...draft, owner: "ann" });
    await conversations.append(id, wholeTurn(id, "trn_1", 2));
    const foreign = await problemOf(name, { id, ...input });
    const unknown = await problemOf(name, { id: "cnv_none", ...input });
    expect(foreign).toMatchObject({ status: 403, code: "forbidden" });
    expect(unknown).toMatchObject({ status: 404, code: "unknown-conversation" });
    expect(JSON.stringify(foreign)).toHaveLength(JSON.stringify(unknown).length);
    expect(await conversations.get(id)).toMatchObject({ lastSeq: 6 });
    expect(await conversations.list({ limit: 9 })).toHaveLength(1);
  });

  test("is in nobody else's list, and in that of whoever may do everything", async () => {
    const conversations = host.use(ConversationsService);
    const theirs = await conversations.create({ ...draft, owner: "ann" });
    const mine = await conversations.create(draft);
    expect(((await ask("conversations.list", {})) as Page).items.map(({ id }) => id)).toEqual([mine.id]);
    const all = (await ask("conversations.list", {}, admin)) as Page;
    expect(all.items.map(({ id }) => id)).toEqual([mine.id, theirs.id]);
    expect(await ask("conversations.get", { id: theirs.id }, admin)).toEqual(theirs);
    const page = (await ask("conversations.list", { limit: 1 }, admin)) as Page;
    expect(page.nextCursor).toBe(`${mine.lastActiveAtMs}:${mine.id}`);
  });

  test("a fork belongs to whoever made it", async () => {
    const conversations = host.use(ConversationsService);
    const theirs = await conversations.create({ ...draft, owner: "ann" });
    await conversations.append(theirs.id, wholeTurn(theirs.id, "trn_1", 1));
    expect(await ask("conversations.fork", { id: theirs.id, seq: 5 }, admin)).toMatchObject({
      owner: "root",
    });
  });
});

test.each([
  "conversations.get",
  "conversations.delete",
  "conversations.entries",
])("%s answers 404 for an unknown id", async (name) => {
  for (const id of ["cnv_none", "../x", "__proto__", "é", " "]) {
    expect(await problemOf(name, { id })).toMatchObject({ status: 404, code: "unknown-conversation" });
  }
});

test("what a killed process had begun to delete is gone after the next start, and the end leaves nothing running", async () => {
  const { id } = await host.use(ConversationsService).create(draft);
  await host.use(ConversationsService).append(id, [message(id, "a")]);
  let commits = 0;
  memory.current.guardCommits(() => {
    if (++commits > 1) throw new Error("the process is dead");
  });
  await host.use(ConversationsService).delete(id);
  memory.current.guardCommits(undefined);
  await host.close();
  host = await open();
  await host.close();
  host = await open();
  await expect.poll(() => memory.current.namespace(manifest.id).list({ prefix: [], limit: 9 })).toEqual([]);
});
