import { createMemoryConversations, openMemoryStorage } from "@lathe/extension-kit/testing";
import type { DurableEvent, Entry } from "@lathe/kernel";
import { expect, test } from "vitest";
import { Transcripts } from "./transcripts.ts";

const draft = { owner: "local", title: null, agent: "default", model: null, cwd: "/tmp" };

function said(conversationId: string, text: string): DurableEvent {
  return { type: "user-message", conversationId, turnId: "trn_1", content: [{ type: "text", text }] };
}

async function openLibrary(lengthMax: number) {
  const conversations = createMemoryConversations(openMemoryStorage().namespace("agents"));
  let reads = 0;
  const { entries } = conversations;
  conversations.entries = (id, page) => {
    reads++;
    return entries(id, page);
  };
  const transcripts = new Transcripts(conversations, lengthMax);
  /** As a turn does it: stored, appended to the open transcript, then said to be in it. */
  const say = async (id: string, text: string): Promise<readonly Entry[]> => {
    const head = await conversations.get(id);
    const transcript = await transcripts.open(id, head?.lastSeq ?? 0);
    const appended = await conversations.append(id, [said(id, text)]);
    transcript.append({ role: "user", content: [{ type: "text", text }] });
    transcripts.advance(id, appended);
    return appended;
  };
  const textsOf = async (id: string): Promise<readonly string[]> => {
    const head = await conversations.get(id);
    const transcript = await transcripts.open(id, head?.lastSeq ?? 0);
    return transcript
      .forRequest()
      .map((message) => (message.role === "user" ? (message.content[0]?.text ?? "") : message.role));
  };
  return { conversations, transcripts, say, textsOf, reads: () => reads };
}

test("a transcript that is kept is not read again", async () => {
  const library = await openLibrary(10_000);
  const { id } = await library.conversations.create(draft);
  for (const text of ["one", "two", "three"]) await library.say(id, text);
  expect(await library.textsOf(id)).toEqual(["one", "two", "three"]);
  expect(library.reads()).toBe(0);
});

test("transcripts that grow beyond the limit together are let go, the one used longest ago first", async () => {
  const library = await openLibrary(10_000);
  const old = await library.conversations.create(draft);
  const fresh = await library.conversations.create(draft);
  for (let index = 0; index < 8; index++) await library.say(old.id, "x".repeat(1_000));
  for (let index = 0; index < 4; index++) await library.say(fresh.id, "y".repeat(1_000));
  await library.textsOf(fresh.id);
  expect(library.reads()).toBe(0);
  expect(await library.textsOf(old.id)).toHaveLength(8);
  expect(library.reads()).toBeGreaterThan(0);
});

test("one that is longer than the limit alone is read for every turn, and is right", async () => {
  const library = await openLibrary(1_000);
  const { id } = await library.conversations.create(draft);
  for (const text of ["a".repeat(900), "b".repeat(900), "c"]) await library.say(id, text);
  expect(await library.textsOf(id)).toEqual(["a".repeat(900), "b".repeat(900), "c"]);
});

test("what others appended between two turns is in it, in its place", async () => {
  const library = await openLibrary(10_000);
  const { id } = await library.conversations.create(draft);
  await library.say(id, "one");
  await library.conversations.append(id, [said(id, "from elsewhere")]);
  await library.say(id, "two");
  expect(await library.textsOf(id)).toEqual(["one", "from elsewhere", "two"]);
});

test("what others appended in the middle of a turn makes it be read again", async () => {
  const library = await openLibrary(10_000);
  const { id } = await library.conversations.create(draft);
  const transcript = await library.transcripts.open(id, 0);
  await library.conversations.append(id, [said(id, "from elsewhere")]);
  const appended = await library.conversations.append(id, [said(id, "one")]);
  transcript.append({ role: "user", content: [{ type: "text", text: "one" }] });
  library.transcripts.advance(id, appended);
  expect(await library.textsOf(id)).toEqual(["from elsewhere", "one"]);
});

test("one that is forgotten, since it may hold what was not stored, is read again", async () => {
  const library = await openLibrary(10_000);
  const { id } = await library.conversations.create(draft);
  await library.say(id, "one");
  const transcript = await library.transcripts.open(id, 1);
  transcript.append({ role: "user", content: [{ type: "text", text: "never stored" }] });
  library.transcripts.forget(id);
  expect(await library.textsOf(id)).toEqual(["one"]);
});

test("a read that fails in the middle leaves nothing wrong behind", async () => {
  const library = await openLibrary(10_000);
  const { id } = await library.conversations.create(draft);
  await library.conversations.append(id, [said(id, "one"), said(id, "two")]);
  const { entries } = library.conversations;
  library.conversations.entries = async (wanted, page) => {
    if (page.sinceSeq > 0) throw new Error("The disk is gone.");
    return (await entries(wanted, page)).slice(0, 1);
  };
  await expect(library.transcripts.open(id, 2)).rejects.toThrow("The disk is gone.");
  library.conversations.entries = entries;
  expect(await library.textsOf(id)).toEqual(["one", "two"]);
});

test("a read that fails behind a restore, wherever it does, leaves nothing wrong behind", async () => {
  for (let readsBeforeFailure = 0; readsBeforeFailure < 3; readsBeforeFailure++) {
    const library = await openLibrary(10_000);
    const { id } = await library.conversations.create(draft);
    const turn = (number: number): DurableEvent[] => {
      const turnId = `trn_${number}`;
      const content = [{ type: "text" as const, text: turnId }];
      return [
        { type: "user-message", conversationId: id, turnId, content },
        { type: "turn-sealed", conversationId: id, turnId },
      ];
    };
    await library.conversations.append(id, [...turn(1), ...turn(2)]);
    expect(await library.textsOf(id)).toEqual(["trn_1", "trn_2"]);
    const restored = { type: "restored", conversationId: id, turnId: "trn_1", toSeq: 2 } as const;
    await library.conversations.append(id, [restored, ...turn(3)]);
    const { entries } = library.conversations;
    let reads = 0;
    library.conversations.entries = async (wanted, page) => {
      if (reads++ === readsBeforeFailure) throw new Error("The disk is gone.");
      // A page of one shows each order of what was read and what failed.
      return (await entries(wanted, page)).slice(0, 1);
    };
    await expect(library.transcripts.open(id, 7)).rejects.toThrow("The disk is gone.");
    library.conversations.entries = entries;
    expect(await library.textsOf(id)).toEqual(["trn_1", "trn_3"]);
  }
});

test("a log that ends before its last entry is an error, not a shorter transcript", async () => {
  const library = await openLibrary(10_000);
  const { id } = await library.conversations.create(draft);
  await expect(library.transcripts.open(id, 3)).rejects.toThrow("ends before its last entry");
});
