// Forks and deletions against a simple model: each conversation is a list of entries, and each entry has the log that it
// was appended to. What is on disk is what somebody can still read, and nothing else.
import { setImmediate } from "node:timers/promises";
import type { MemoryStorage } from "@lathe/extension-kit/testing";
import { UnknownConversationError } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { draft, openTestLog, type TestLog, wholeTurn } from "../testing/test-log.ts";

type Act =
  | { readonly do: "create" }
  | { readonly do: "turn"; readonly on: number; readonly stepCount: number }
  | { readonly do: "fork"; readonly of: number; readonly at: number }
  /** `commitsBeforeCrash`: how many commits the process lives to see; null = it lives. */
  | { readonly do: "delete"; readonly which: number; readonly commitsBeforeCrash: number | null }
  /** Two at the same time. */
  | { readonly do: "delete-both"; readonly one: number; readonly other: number }
  /** The deletion comes so many turns of the event loop after the fork. */
  | {
      readonly do: "fork-and-delete";
      readonly which: number;
      readonly at: number;
      readonly turnsLater: number;
    };

const number = fc.nat({ max: 30 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>({ do: "create" }),
  {
    arbitrary: fc.record({ do: fc.constant("turn" as const), on: number, stepCount: fc.nat({ max: 3 }) }),
    weight: 3,
  },
  { arbitrary: fc.record({ do: fc.constant("fork" as const), of: number, at: number }), weight: 4 },
  {
    arbitrary: fc.record({
      do: fc.constant("delete" as const),
      which: number,
      commitsBeforeCrash: fc.option(fc.nat({ max: 6 })),
    }),
    weight: 2,
  },
  fc.record({ do: fc.constant("delete-both" as const), one: number, other: number }),
  fc.record({
    do: fc.constant("fork-and-delete" as const),
    which: number,
    at: number,
    turnsLater: fc.nat({ max: 4 }),
  }),
);

interface ModelEntry {
  readonly home: string;
  readonly type: string;
}

class Played {
  readonly conversations = new Map<string, readonly ModelEntry[]>();
  opened: TestLog;
  #turnCount = 0;

  constructor(memory?: MemoryStorage) {
    this.opened = openTestLog(memory === undefined ? {} : { memory });
  }

  async play(next: Act): Promise<void> {
    const { log } = this.opened;
    switch (next.do) {
      case "create":
        this.conversations.set((await log.create(draft)).id, []);
        return;
      case "turn": {
        const id = this.#pick(next.on);
        if (id === undefined) return;
        const entries = await log.append(id, wholeTurn(id, `trn_${this.#turnCount++}`, next.stepCount));
        this.#extend(
          id,
          entries.map(({ type }) => type),
        );
        return;
      }
      case "fork": {
        const id = this.#pick(next.of);
        const seq = this.#forkPosition(id, next.at);
        if (id === undefined || seq === undefined) return;
        this.#forked(id, seq, (await log.fork(id, seq, draft)).id);
        return;
      }
      case "delete": {
        const id = this.#pick(next.which);
        if (id !== undefined) await this.#delete(id, next.commitsBeforeCrash);
        return;
      }
      case "delete-both": {
        const ids = [this.#pick(next.one), this.#pick(next.other)].filter((id) => id !== undefined);
        await Promise.all(ids.map((id) => log.delete(id)));
        for (const id of ids) this.conversations.delete(id);
        return;
      }
      case "fork-and-delete": {
        const id = this.#pick(next.which);
        const seq = this.#forkPosition(id, next.at);
        if (id === undefined || seq === undefined) return;
        const forking = log.fork(id, seq, draft).catch((failure: unknown) => failure);
        for (let turn = 0; turn < next.turnsLater; turn++) await setImmediate();
        const [forked] = await Promise.all([forking, log.delete(id)]);
        if (forked instanceof Error) expect(forked).toBeInstanceOf(UnknownConversationError);
        else this.#forked(id, seq, (forked as { readonly id: string }).id);
        this.conversations.delete(id);
      }
    }
  }

  /** Everything that there is reads as the model says, and there is nothing else on disk. */
  async check(): Promise<void> {
    const { log, storage } = this.opened;
    const needed = new Set<string>();
    for (const [id, model] of this.conversations) {
      const entries = await log.entries(id, { sinceSeq: 0, limit: 1_000 });
      expect(entries.map(({ type }) => type)).toEqual(model.map(({ type }) => type));
      expect(entries.every((entry, at) => entry.seq === at + 1 && entry.conversationId === id)).toBe(true);
      expect(await log.get(id)).toMatchObject({ lastSeq: model.length });
      for (const [at, { home }] of model.entries()) needed.add(`${home} ${at + 1}`);
    }
    const rows = await storage.list({ prefix: ["entry"], limit: 1_000 });
    expect(new Set(rows.map(({ key }) => `${key[1]} ${key[2]}`))).toEqual(needed);
    const listed = await log.list({ limit: 1_000, owner: draft.owner });
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(this.conversations.keys()));
  }

  async #delete(id: string, commitsBeforeCrash: number | null): Promise<void> {
    const { memory, log } = this.opened;
    let left = commitsBeforeCrash ?? Number.POSITIVE_INFINITY;
    memory.guardCommits(() => {
      if (left-- <= 0) throw new Error("the process is dead");
    });
    const isDeleted = await log.delete(id).catch(() => false);
    memory.guardCommits(undefined);
    if (isDeleted) this.conversations.delete(id);
    if (commitsBeforeCrash === null) return;
    this.opened = openTestLog({ memory });
    if (isDeleted) await expect(this.opened.log.lineage(id)).rejects.toThrow(UnknownConversationError);
    await this.opened.deletions.finishAll();
  }

  #pick(at: number): string | undefined {
    const ids = [...this.conversations.keys()];
    return ids[at % Math.max(1, ids.length)];
  }

  /** One of the positions at which something ends. */
  #forkPosition(id: string | undefined, at: number): number | undefined {
    const model = this.conversations.get(id ?? "") ?? [];
    const ends = model.flatMap(({ type }, index) =>
      type === "step-complete" || type === "turn-sealed" ? [index + 1] : [],
    );
    return ends[at % Math.max(1, ends.length)];
  }

  #forked(from: string, seq: number, id: string): void {
    const model = this.conversations.get(from) ?? [];
    this.conversations.set(id, model.slice(0, seq));
    if (model[seq - 1]?.type === "step-complete") this.#extend(id, ["done", "turn-sealed"]);
  }

  #extend(id: string, types: readonly string[]): void {
    const added = types.map((type) => ({ home: id, type }));
    this.conversations.set(id, [...(this.conversations.get(id) ?? []), ...added]);
  }
}

test("after any forks, deletions and crashes, everything reads as it was, and nothing is kept that nobody reads", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 25 }), async (acts) => {
      const played = new Played();
      await played.play({ do: "create" });
      await played.play({ do: "turn", on: 0, stepCount: 2 });
      for (const next of acts) {
        await played.play(next);
        await played.check();
      }
      while (played.conversations.size > 0)
        await played.play({ do: "delete", which: 0, commitsBeforeCrash: null });
      expect(await played.opened.storage.list({ prefix: [], limit: 10 })).toEqual([]);
      expect(played.opened.warnings).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
