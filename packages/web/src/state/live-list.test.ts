import fc from "fast-check";
import { expect, test } from "vitest";
import {
  emptyList,
  feedStarted,
  isOvergrown,
  type ListRow,
  type LiveList,
  pageRead,
  rowsTold,
  toldCountMax,
} from "./live-list.ts";

interface Row extends ListRow {
  readonly atMs: number;
  readonly revision: number;
}

const nothing: LiveList<Row> = emptyList((row) => row.atMs);

type Act =
  | { readonly kind: "create" }
  | { readonly kind: "change"; readonly pick: number }
  | { readonly kind: "move"; readonly pick: number }
  | { readonly kind: "delete"; readonly pick: number }
  | { readonly kind: "reconnect" }
  | { readonly kind: "next-page" };

const pick = fc.nat(30);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>({ kind: "create" }),
  pick.map((at): Act => ({ kind: "change", pick: at })),
  pick.map((at): Act => ({ kind: "move", pick: at })),
  pick.map((at): Act => ({ kind: "delete", pick: at })),
  fc.constant<Act>({ kind: "reconnect" }),
  fc.constant<Act>({ kind: "next-page" }),
);

/** A daemon with a list by page and a feed, and the list that a page makes of the two. */
class World {
  rows: Row[] = [];
  list: LiveList<Row> = nothing;
  #made = 0;

  do(step: Act): void {
    const at = "pick" in step ? this.rows[step.pick % Math.max(1, this.rows.length)] : undefined;
    this.#made += 1;
    if (step.kind === "create")
      this.tell({
        id: `r${String(this.#made).padStart(3, "0")}`,
        atMs: this.#made >> 1,
        revision: 0,
      });
    if (step.kind === "change" && at !== undefined) this.tell({ ...at, revision: at.revision + 1 });
    if (step.kind === "move" && at !== undefined)
      this.tell({ ...at, atMs: this.#made >> 1, revision: at.revision + 1 });
    if (step.kind === "delete" && at !== undefined) this.gone(at.id);
    if (step.kind === "reconnect") {
      this.list = feedStarted(this.list);
      this.read(null);
    }
    if (step.kind === "next-page" && this.list.nextCursor !== null) this.read(this.list.nextCursor);
  }

  tell(row: Row): void {
    this.rows = [...this.rows.filter(({ id }) => id !== row.id), row].toSorted(
      (a, b) => b.atMs - a.atMs || (b.id < a.id ? -1 : 1),
    );
    this.list = rowsTold(this.list, new Map([[row.id, row]]));
  }

  gone(id: string): void {
    this.rows = this.rows.filter((row) => row.id !== id);
    this.list = rowsTold(this.list, new Map([[id, null]]));
  }

  read(cursor: string | null): void {
    const [time, after = ""] = cursor?.split(" ") ?? [];
    const from =
      time === undefined
        ? 0
        : this.rows.findIndex(({ atMs, id }) => atMs < Number(time) || (atMs === Number(time) && id < after));
    const items = from < 0 ? [] : this.rows.slice(from, from + 3);
    const last = items.at(-1);
    const isEnd = last === undefined || this.rows.at(-1) === last;
    this.list = pageRead(
      this.list,
      { items, nextCursor: isEnd ? null : `${last.atMs} ${last.id}` },
      cursor === null,
    );
  }
}

test("after any changes, reconnections and pages, the list is what the daemon has, from the newest on", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60, size: "max" }), (acts) => {
      const world = new World();
      for (const step of [{ kind: "reconnect" } as const, ...acts]) world.do(step);
      const { items, nextCursor } = world.list;
      expect(items).toEqual(world.rows.slice(0, items.length));
      if (nextCursor === null) expect(items).toEqual(world.rows);
    }),
  );
});

test("a row that was deleted while a page was being read does not come back with it", () => {
  const row: Row = { id: "r1", atMs: 1, revision: 0 };
  const started = feedStarted(nothing);
  const gone = rowsTold(started, new Map([["r1", null]]));
  expect(pageRead(gone, { items: [row], nextCursor: null }, true).items).toEqual([]);
});

test("what was shown stays while a reconnected feed reads its list", () => {
  const row: Row = { id: "r1", atMs: 1, revision: 0 };
  const shown = pageRead(nothing, { items: [row], nextCursor: null }, true);
  expect(feedStarted(shown).items).toEqual([row]);
});

test("a row that changed while it lay behind the last page comes with its page, as it is now", () => {
  const rowOf = (id: string, atMs: number, revision = 0): Row => ({ id, atMs, revision });
  const first = pageRead(nothing, { items: [rowOf("c", 3)], nextCursor: "c" }, true);
  const told = rowsTold(first, new Map([["a", rowOf("a", 1, 7)]]));
  const whole = pageRead(told, { items: [rowOf("b", 2), rowOf("a", 1)], nextCursor: null }, false);
  expect([told.items, whole.items]).toEqual([
    [rowOf("c", 3)],
    [rowOf("c", 3), rowOf("b", 2), rowOf("a", 1, 7)],
  ]);
});

test("a row that lay behind the last page comes to the beginning when it moves there", () => {
  const rowOf = (id: string, atMs: number): Row => ({ id, atMs, revision: 0 });
  const first = pageRead(nothing, { items: [rowOf("c", 3), rowOf("b", 2)], nextCursor: "2 b" }, true);
  const told = rowsTold(first, new Map([["a", rowOf("a", 9)]]));
  const whole = pageRead(told, { items: [], nextCursor: null }, false);
  expect(whole.items.map(({ id }) => id)).toEqual(["a", "c", "b"]);
});

test("a list of which a feed has told thousands of rows is begun anew", () => {
  const rows = Array.from(
    { length: toldCountMax + 1 },
    (_, at): Row => ({
      id: `r${at}`,
      atMs: at,
      revision: 0,
    }),
  );
  const told = (count: number): LiveList<Row> =>
    rowsTold(nothing, new Map(rows.slice(0, count).map((row) => [row.id, row])));
  expect([isOvergrown(told(toldCountMax)), isOvergrown(told(toldCountMax + 1))]).toEqual([false, true]);
});
