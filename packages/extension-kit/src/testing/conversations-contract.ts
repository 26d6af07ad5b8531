// The tests that every Conversations must pass. They import vitest: call this from a test file only.
import {
  type Conversation,
  type Conversations,
  type DurableEvent,
  type Entry,
  ForkPositionError,
  noUsage,
  UnknownConversationError,
} from "@lathe/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import { stepComplete, turnDone, turnSealed, turnStart, userMessage } from "./log-events.ts";

const draft = { owner: "ann", title: "A title", agent: "reviewer", model: "a/b", cwd: "/tmp" };
const forkDraft = { owner: "ann", title: null, model: "c/d" };

/** Declares the conformance tests of the Conversations contract. `open` gives empty conversations each time. */
export function testConversationsContract(name: string, open: () => Promise<Conversations>): void {
  describe(`${name} keeps the contract of conversations`, () => {
    let conversations: Conversations;
    let origin: Conversation;
    beforeEach(async () => {
      conversations = await open();
      origin = await conversations.create(draft);
    });

    const readAll = (id: string): Promise<readonly Entry[]> =>
      conversations.entries(id, { sinceSeq: 0, limit: 1_000 });
    /** Six entries a turn: message, start, two steps, done, sealed. */
    const addTurn = (id: string, turnId: string): Promise<readonly Entry[]> =>
      conversations.append(id, wholeTurn(id, turnId));

    test("positions are dense and in the order of the events", async () => {
      const first = await addTurn(origin.id, "trn_1");
      const second = await addTurn(origin.id, "trn_2");
      expect([...first, ...second].map(({ seq }) => seq)).toEqual(
        Array.from({ length: 12 }, (_, at) => at + 1),
      );
      expect(await readAll(origin.id)).toEqual([...first, ...second]);
      expect(await conversations.entries(origin.id, { sinceSeq: 5, limit: 2 })).toEqual([
        first[5],
        second[0],
      ]);
      expect(await conversations.get(origin.id)).toMatchObject({ lastSeq: 12, state: "idle" });
    });

    test("one without a title is called by its first message, and one that has a title keeps it", async () => {
      const untitled = await conversations.create({ ...draft, title: null });
      for (const { id } of [untitled, origin])
        await conversations.append(id, [
          userMessage({ conversationId: id, turnId: "trn_1" }, "\n Fix  the parser \nPlease."),
        ]);
      expect(await conversations.get(untitled.id)).toMatchObject({ title: "Fix the parser", lastSeq: 1 });
      await addTurn(untitled.id, "trn_2");
      expect(await conversations.get(untitled.id)).toMatchObject({ title: "Fix the parser" });
      expect(await conversations.get(origin.id)).toMatchObject({ title: "A title" });
    });

    test("one that is prepared is there with the commit that it is joined to, and goes on like any other", async () => {
      const { conversation, changes } = conversations.prepare({ ...draft, title: "Prepared" });
      expect(await conversations.get(conversation.id)).toBeUndefined();
      await conversations.append(
        origin.id,
        [userMessage({ conversationId: origin.id, turnId: "trn_1" }, "Hello.")],
        { joined: [changes] },
      );
      expect(await conversations.get(conversation.id)).toEqual(conversation);
      await addTurn(conversation.id, "trn_2");
      expect(await conversations.get(conversation.id)).toMatchObject({ title: "Prepared", lastSeq: 6 });
    });

    const ids = async (page: Parameters<Conversations["list"]>[0]): Promise<readonly string[]> =>
      (await conversations.list(page)).map(({ id }) => id);

    test("the list of one owner holds nobody else's, newest first, page by page", async () => {
      const others = await conversations.create({ ...draft, owner: "bob" });
      const second = await conversations.create(draft);
      expect(await ids({ limit: 10 })).toEqual([second.id, others.id, origin.id]);
      expect(await ids({ limit: 1, owner: "ann" })).toEqual([second.id]);
      expect(await ids({ limit: 9, owner: "ann", after: second })).toEqual([origin.id]);
      expect(await ids({ limit: 9, owner: "nobody" })).toEqual([]);
    });

    test("a message moves a conversation to the beginning of the list, and nothing else that happens to it", async () => {
      const others = await conversations.create({ ...draft, owner: "bob" });
      const second = await conversations.create(draft);
      const turn = wholeTurn(origin.id, "trn_1");
      await conversations.append(origin.id, turn.slice(0, 1));
      const moved = await conversations.get(origin.id);
      expect(await ids({ limit: 9 })).toEqual([origin.id, second.id, others.id]);
      await conversations.append(others.id, [
        userMessage({ conversationId: others.id, turnId: "trn_2" }, "x"),
      ]);
      await conversations.append(origin.id, turn.slice(1));
      expect(await ids({ limit: 9 })).toEqual([others.id, origin.id, second.id]);
      expect((await conversations.get(origin.id))?.lastActiveAtMs).toBe(moved?.lastActiveAtMs);
      const fork = await conversations.fork(origin.id, 4, forkDraft);
      expect(await ids({ limit: 9, owner: "ann" })).toEqual([fork.id, origin.id, second.id]);
    });

    test("what moves while it is paged through is seen once at most, and everything else exactly once", async () => {
      const made = [origin];
      for (let count = 0; count < 5; count += 1) made.unshift(await conversations.create(draft));
      const expected = made.map(({ id }) => id);
      const first = await conversations.list({ limit: 2 });
      // One that was seen, which is where the page ended, and one that was not.
      for (const { id } of [made[1], made[4]] as Conversation[]) await addTurn(id, "trn_1");
      const rest = await ids({ limit: 9, after: first.at(-1) as Conversation });
      expect([...first.map(({ id }) => id), ...rest]).toEqual(expected.filter((id) => id !== made[4]?.id));
      expect((await ids({ limit: 2 })).toSorted()).toEqual([expected[1], expected[4]].toSorted());
    });

    test("a fork at the end of a turn reads as its origin up to there, and goes on by itself", async () => {
      await addTurn(origin.id, "trn_1");
      await addTurn(origin.id, "trn_2");
      const fork = await conversations.fork(origin.id, 6, forkDraft);
      expect(fork).toMatchObject({ ...draft, ...forkDraft, lastSeq: 6, state: "idle" });
      expect(fork.forkedFrom).toEqual({ conversationId: origin.id, seq: 6 });
      const own = await addTurn(fork.id, "trn_3");
      expect(own.map(({ seq }) => seq)).toEqual([7, 8, 9, 10, 11, 12]);
      const shared = (await readAll(origin.id)).slice(0, 6);
      expect(await readAll(fork.id)).toEqual([
        ...shared.map((entry) => ({ ...entry, conversationId: fork.id })),
        ...own,
      ]);
      expect((await readAll(origin.id)).every(({ conversationId }) => conversationId === origin.id)).toBe(
        true,
      );
      expect(await conversations.entries(fork.id, { sinceSeq: 5, limit: 2 })).toMatchObject([
        { seq: 6, turnId: "trn_1" },
        { seq: 7, turnId: "trn_3" },
      ]);
    });

    test("a fork inside of a turn closes what it shares as interrupted, with the sums of the shared steps", async () => {
      await addTurn(origin.id, "trn_1");
      await addTurn(origin.id, "trn_2");
      const fork = await conversations.fork(origin.id, 9, forkDraft);
      const closing = await conversations.entries(fork.id, { sinceSeq: 9, limit: 9 });
      const place = { conversationId: fork.id, turnId: "trn_2" };
      expect(closing).toMatchObject([
        {
          ...place,
          type: "done",
          seq: 10,
          finishReason: "interrupted",
          stepCount: 1,
          usage: { ...noUsage, inputTokens: 10 },
          contextSize: 100,
        },
        { ...place, type: "turn-sealed", seq: 11 },
      ]);
      expect(await conversations.get(fork.id)).toMatchObject({ lastSeq: 11, state: "idle" });
      expect(await conversations.get(origin.id)).toMatchObject({ lastSeq: 12 });
    });

    test("there is no fork where nothing ends", async () => {
      await addTurn(origin.id, "trn_1");
      for (const seq of [-1, 0, 1, 2, 5, 7, 1.5, Number.NaN])
        await expect(conversations.fork(origin.id, seq, forkDraft)).rejects.toThrow(ForkPositionError);
      await expect(conversations.fork("cnv_none", 6, forkDraft)).rejects.toThrow(UnknownConversationError);
      expect(await conversations.list({ limit: 9 })).toHaveLength(1);
    });

    test("the lineage says whose log holds what, and turns are found through it", async () => {
      await addTurn(origin.id, "trn_1");
      await addTurn(origin.id, "trn_2");
      const child = await conversations.fork(origin.id, 9, forkDraft);
      await addTurn(child.id, "trn_3");
      const grandchild = await conversations.fork(child.id, 17, forkDraft);
      const early = await conversations.fork(child.id, 6, forkDraft);
      const own = { afterSeq: 0, toSeq: null };
      expect(await conversations.lineage(origin.id)).toEqual([{ ...own, conversationId: origin.id }]);
      expect(await conversations.lineage(grandchild.id)).toEqual([
        { conversationId: origin.id, afterSeq: 0, toSeq: 9 },
        { conversationId: child.id, afterSeq: 9, toSeq: 17 },
        { conversationId: grandchild.id, afterSeq: 17, toSeq: null },
      ]);
      expect(await conversations.lineage(early.id)).toEqual([
        { conversationId: origin.id, afterSeq: 0, toSeq: 6 },
        { conversationId: early.id, afterSeq: 6, toSeq: null },
      ]);
      const ends = (id: string): Promise<unknown> =>
        Promise.all(["trn_1", "trn_2", "trn_3"].map((turnId) => conversations.turnEnd(id, turnId)));
      expect(await ends(origin.id)).toEqual([6, 12, undefined]);
      expect(await ends(grandchild.id)).toEqual([6, 11, 17]);
      expect(await ends(early.id)).toEqual([6, undefined, undefined]);
      await expect(conversations.lineage("cnv_none")).rejects.toThrow(UnknownConversationError);
      await expect(conversations.turnEnd("cnv_none", "trn_1")).rejects.toThrow(UnknownConversationError);
    });

    describe("what a run began for its own work", () => {
      const ofRun = {
        ...draft,
        parentRunId: "run_1",
        overrides: { tools: ["read_file"], effort: "low" },
      } as const;
      const listed = async (): Promise<readonly (readonly string[])[]> => {
        const pages = [
          await conversations.list({ limit: 9 }),
          await conversations.list({ limit: 9, owner: "ann" }),
        ];
        return pages.map((page) => page.map(({ id }) => id));
      };

      test("is shown whole to who knows its id, and in no list; its log is kept as any other", async () => {
        const begun = await conversations.create(ofRun);
        expect(begun).toMatchObject(ofRun);
        const written = await addTurn(begun.id, "trn_1");
        expect(await conversations.get(begun.id)).toMatchObject({ ...ofRun, lastSeq: 6 });
        expect(await readAll(begun.id)).toEqual(written);
        expect(await listed()).toEqual([[origin.id], [origin.id]]);
        expect(await conversations.get(origin.id)).toMatchObject({ parentRunId: null, overrides: null });
      });

      test("is somebody's own when it is forked, with the same overrides, and so is listed", async () => {
        const begun = await conversations.create(ofRun);
        await addTurn(begun.id, "trn_1");
        const fork = await conversations.fork(begun.id, 6, forkDraft);
        expect(fork).toMatchObject({ ...forkDraft, parentRunId: null, overrides: ofRun.overrides });
        expect(await listed()).toEqual([
          [fork.id, origin.id],
          [fork.id, origin.id],
        ]);
        await conversations.delete(begun.id);
        expect(await readAll(fork.id)).toHaveLength(6);
      });

      test("is deleted and erased as any other", async () => {
        const erased: (readonly [string, number])[] = [];
        conversations.onErased(async (id, keptSeq) => void erased.push([id, keptSeq]));
        const begun = await conversations.create(ofRun);
        await addTurn(begun.id, "trn_1");
        expect(await conversations.delete(begun.id)).toBe(true);
        expect(await conversations.delete(begun.id)).toBe(false);
        expect(await conversations.get(begun.id)).toBeUndefined();
        await expect(readAll(begun.id)).rejects.toThrow(UnknownConversationError);
        expect(erased).toEqual([[begun.id, 0]]);
        expect(await listed()).toEqual([[origin.id], [origin.id]]);
      });
    });

    test("a turn that is not over has no end", async () => {
      await conversations.append(origin.id, wholeTurn(origin.id, "trn_1").slice(0, 3));
      expect(await conversations.turnEnd(origin.id, "trn_1")).toBeUndefined();
    });

    test("a deleted origin is gone, and its forks read on; what nobody shares any more is erased", async () => {
      const erased: (readonly [string, number])[] = [];
      const stop = conversations.onErased(async (id, keptSeq) => void erased.push([id, keptSeq]));
      await addTurn(origin.id, "trn_1");
      await addTurn(origin.id, "trn_2");
      const fork = await conversations.fork(origin.id, 6, forkDraft);
      const before = await readAll(fork.id);
      expect(await conversations.delete(origin.id)).toBe(true);
      expect(await conversations.delete(origin.id)).toBe(false);
      expect(erased).toEqual([[origin.id, 6]]);
      expect(await conversations.get(origin.id)).toBeUndefined();
      expect((await conversations.list({ limit: 9 })).map(({ id }) => id)).toEqual([fork.id]);
      await expect(readAll(origin.id)).rejects.toThrow(UnknownConversationError);
      await expect(conversations.fork(origin.id, 6, forkDraft)).rejects.toThrow(UnknownConversationError);
      expect(await readAll(fork.id)).toEqual(before);
      await conversations.delete(fork.id);
      expect(erased.slice(1)).toEqual(
        expect.arrayContaining([
          [origin.id, 0],
          [fork.id, 0],
        ]),
      );
      stop();
      await conversations.delete((await conversations.create(draft)).id);
      expect(erased).toHaveLength(3);
    });
  });
}

function wholeTurn(conversationId: string, turnId: string): readonly DurableEvent[] {
  const place = { conversationId, turnId };
  const step = { usage: { ...noUsage, inputTokens: 10 }, contextSize: 100 };
  return [
    userMessage(place, "Hello."),
    turnStart(place),
    stepComplete(place, 0, step),
    stepComplete(place, 1, step),
    turnDone(place),
    turnSealed(place),
  ];
}
