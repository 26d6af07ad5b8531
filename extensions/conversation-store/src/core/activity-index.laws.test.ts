// The order of activity against a simple model: when each conversation was active last. Whatever happens, lists are in the
// model's order, and the index holds one row for each listed conversation and nothing else.
import type { Conversation, ListPosition } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { storeAsBefore } from "../testing/older-store.ts";
import { draft, openTestLog, type TestLog, wholeTurn } from "../testing/test-log.ts";
import { newestFirst } from "./activity-index.ts";

const owners = ["ann", "bob", "ann of ann"];

type Act =
  | { readonly do: "create"; readonly owner: number; readonly ofRun: boolean }
  | { readonly do: "send"; readonly on: number }
  | { readonly do: "rename"; readonly on: number }
  | { readonly do: "fork"; readonly on: number }
  | { readonly do: "delete"; readonly on: number }
  | { readonly do: "restart" }
  /** The store is as the version before would have left it. */
  | { readonly do: "grow-old" }
  /** `commitCount`: how many commits the process lives to see; null = it lives. */
  | { readonly do: "fill"; readonly commitCount: number | null }
  | { readonly do: "fill-and-send"; readonly on: number; readonly thenDelete: number };

const on = fc.nat({ max: 30 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("create" as const), owner: on, ofRun: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), on }) },
  fc.record({ do: fc.constant("rename" as const), on }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fork" as const), on }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), on }) },
  fc.constant<Act>({ do: "restart" }),
  fc.constant<Act>({ do: "grow-old" }),
  fc.record({ do: fc.constant("fill" as const), commitCount: fc.option(fc.nat({ max: 3 })) }),
  fc.record({ do: fc.constant("fill-and-send" as const), on, thenDelete: on }),
);

/** A clock that now and then stands still, and now and then goes back. */
const elapsedMs = fc.integer({ min: -3, max: 6 });
const acts = fc.array(fc.tuple(act, elapsedMs), { maxLength: 40, size: "max" });

interface Known {
  readonly id: string;
  readonly owner: string;
  readonly isListed: boolean;
  activeAtMs: number;
  updatedAtMs: number;
  lastSeq: number;
}

class World {
  readonly known: Known[] = [];
  nowMs = 1_000;
  #newestMs = 0;
  opened: TestLog;

  constructor() {
    this.opened = this.#open();
  }

  #open(): TestLog {
    const memory = this.opened?.memory;
    const times = { nowMs: () => this.nowMs, newestMs: this.#newestMs };
    return openTestLog({ ...times, ...(memory === undefined ? {} : { memory }) });
  }

  /** Later than any before. */
  #activeNow(): number {
    this.#newestMs = Math.max(this.nowMs, this.#newestMs + 1);
    return this.#newestMs;
  }

  async play(next: Act, elapsed: number): Promise<void> {
    this.nowMs += elapsed;
    const { log, index, memory } = this.opened;
    const one = "on" in next ? this.known[next.on % Math.max(1, this.known.length)] : undefined;
    switch (next.do) {
      case "create":
        return this.#keep(
          await log.create({
            ...draft,
            owner: owners[next.owner % owners.length] ?? "ann",
            parentRunId: next.ofRun ? "run_1" : null,
          }),
        );
      case "send":
        return this.#send(one);
      case "rename":
        if (one === undefined) return;
        await log.update(one.id, { title: "Another" });
        one.updatedAtMs = this.nowMs;
        return;
      case "fork":
        if (one === undefined || one.lastSeq === 0) return;
        return this.#keep(await log.fork(one.id, one.lastSeq, { ...draft, owner: one.owner }));
      case "delete":
        return this.#delete(one);
      case "restart":
        this.opened = this.#open();
        return;
      case "grow-old":
        await storeAsBefore(this.opened.storage);
        this.opened = this.#open();
        for (const each of this.known) each.activeAtMs = each.updatedAtMs;
        return;
      case "fill": {
        let leftCount = next.commitCount ?? Number.POSITIVE_INFINITY;
        memory.guardCommits(() => {
          if (leftCount-- <= 0) throw new Error("The process has ended.");
        });
        await index.fill();
        memory.guardCommits(() => undefined);
        this.opened = this.#open();
        return;
      }
      case "fill-and-send": {
        const filled = index.fill();
        await this.#send(one);
        await this.#delete(this.known[next.thenDelete % Math.max(1, this.known.length)]);
        await filled;
        return;
      }
    }
  }

  #keep({ id, owner, parentRunId, lastSeq }: Conversation): void {
    const times = { activeAtMs: this.#activeNow(), updatedAtMs: this.nowMs };
    this.known.push({ id, owner, isListed: parentRunId === null, lastSeq, ...times });
  }

  async #send(to: Known | undefined): Promise<void> {
    if (to === undefined) return;
    const entries = await this.opened.log.append(to.id, wholeTurn(to.id, `trn_${to.lastSeq}`, 1));
    to.lastSeq += entries.length;
    to.updatedAtMs = this.nowMs;
    to.activeAtMs = this.#activeNow();
  }

  async #delete(which: Known | undefined): Promise<void> {
    if (which === undefined) return;
    await this.opened.log.delete(which.id);
    this.known.splice(this.known.indexOf(which), 1);
  }

  /** The places of those that lists show. */
  order(owner?: string): readonly ListPosition[] {
    return this.known
      .filter((one) => one.isListed && (owner ?? one.owner) === one.owner)
      .map(({ id, activeAtMs }) => ({ id, lastActiveAtMs: activeAtMs }))
      .toSorted(newestFirst);
  }

  async listed(owner?: string): Promise<readonly ListPosition[]> {
    const page = { limit: 1_000, ...(owner === undefined ? {} : { owner }) };
    return (await this.opened.log.list(page)).map(({ id, lastActiveAtMs }) => ({ id, lastActiveAtMs }));
  }

  async rows(): Promise<readonly (readonly unknown[])[]> {
    const rows = await this.opened.storage.list({ prefix: ["activity"], limit: 1_000 });
    return rows.map(({ key }) => [...key]);
  }
}

test("after whatever has happened the lists are in the order of activity, and the index has one row for each", async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (steps) => {
      const world = new World();
      for (const [step, elapsed] of steps) {
        await world.play(step, elapsed);
        for (const owner of [undefined, ...owners])
          expect(await world.listed(owner)).toEqual(world.order(owner));
      }
      await world.opened.index.fill();
      const expected = owners.flatMap((owner) =>
        world.order(owner).map(({ lastActiveAtMs, id }) => ["activity", owner, lastActiveAtMs, id]),
      );
      expect((await world.rows()).toSorted(byText)).toEqual(expected.toSorted(byText));
      expect(await world.listed()).toEqual(world.order());
      expect(await world.opened.storage.list({ prefix: ["owned"], limit: 1 })).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test("page by page nothing is seen twice, and what did not move meanwhile is seen once", async () => {
  const limit = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(acts, acts, limit, async (before, meanwhile, count) => {
      const world = new World();
      for (const [step, elapsed] of before) await world.play(step, elapsed);
      const still = new Map(world.order().map(({ id, lastActiveAtMs }) => [id, lastActiveAtMs]));
      const seen: string[] = [];
      for (let after: ListPosition | undefined, moves = [...meanwhile]; ; ) {
        const page = await world.opened.log.list({ limit: count, ...(after ? { after } : {}) });
        seen.push(...page.map(({ id }) => id));
        after = page.at(-1);
        if (page.length < count) break;
        // An older version has no order of activity that could be gone on with.
        const [step, elapsed] = moves.shift() ?? [];
        if (step !== undefined && step.do !== "grow-old") await world.play(step, elapsed ?? 0);
        moves = moves.slice(0, 20);
      }
      const places = new Map(world.order().map(({ id, lastActiveAtMs }) => [id, lastActiveAtMs]));
      const unmoved = [...still].filter(([id, atMs]) => places.get(id) === atMs).map(([id]) => id);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => unmoved.includes(id))).toEqual(
        world
          .order()
          .map(({ id }) => id)
          .filter((id) => unmoved.includes(id)),
      );
    }),
    { numRuns: 150 },
  );
});

function byText(one: readonly unknown[], other: readonly unknown[]): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
