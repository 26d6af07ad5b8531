import type { ConversationEvent, Entry } from "@lathe/kernel";
import { foldEvents, startView, turnsOf } from "@lathe/wire";
import type { EntriesPage } from "@lathe/wire/operations";
import { simulateTurns, type TurnPlan } from "@lathe/wire/testing";
import { expect, test, vi } from "vitest";
import { ComparedLog } from "./compared-log.ts";
import { withoutUndone } from "./undone-turns.ts";

const step: TurnPlan["steps"][number] = {
  pieces: [{ kind: "text", text: "Hello" }],
  retries: [],
  fallback: false,
  ending: "complete",
  usage: null,
  outcomes: ["ok"],
  steering: null,
};
const plan: TurnPlan = { text: "Hi.", steps: [step, step], finishReason: "stop" };
/** Seven turns; the last one goes back to the second. */
const events = simulateTurns([plan, plan, plan, plan, plan, { ...plan, restoredTo: 1 }, plan]);
const entries = events.filter((event): event is Entry => "seq" in event);

/** A daemon that has so many entries, gives so many at once, and tells of others when they come. */
class Source {
  readonly reads: number[] = [];
  readonly pageCount: number;
  failure: unknown;
  knownCount: number;
  /** Who follows is told of these. */
  readonly told: ConversationEvent[] = [];
  followedFrom: number | undefined;
  #wake: () => void = () => undefined;
  #draw: (() => void) | undefined;

  constructor(knownCount: number, pageCount: number) {
    this.knownCount = knownCount;
    this.pageCount = pageCount;
  }

  open(sinceSeq: number): ComparedLog {
    return new ComparedLog(sinceSeq, {
      read: async (seq): Promise<EntriesPage> => {
        this.reads.push(seq);
        if (this.failure !== undefined) throw this.failure;
        const items = entries.slice(seq, Math.min(this.knownCount, seq + this.pageCount));
        return { items, lastSeq: this.knownCount };
      },
      follow: (after, signal) => this.#follow(after, signal),
      later: (show) => {
        this.#draw = show;
        return () => {
          this.#draw = undefined;
        };
      },
    });
  }

  tell(...more: readonly ConversationEvent[]): void {
    this.told.push(...more);
    this.#wake();
  }

  /** As the browser does before it draws the next frame. */
  draw(): void {
    const draw = this.#draw;
    this.#draw = undefined;
    draw?.();
  }

  get isDrawAsked(): boolean {
    return this.#draw !== undefined;
  }

  async *#follow(after: number, signal: AbortSignal): AsyncGenerator<ConversationEvent> {
    this.followedFrom = after;
    for (;;) {
      for (let next = this.told.shift(); next !== undefined; next = this.told.shift()) yield next;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      signal.throwIfAborted();
    }
  }
}

const kindOf = (log: ComparedLog): string => log.reach.value.kind;

test("it is read page by page, each when it is wanted, and then followed from the last entry that was read", async () => {
  const source = new Source(entries.length, 12);
  const log = source.open(0);
  const stop = log.start();
  await expect.poll(() => kindOf(log)).toBe("more");
  expect(source.reads).toEqual([0]);
  while (kindOf(log) !== "end") {
    const { value } = log.lastSeq;
    log.more();
    log.more();
    await expect.poll(() => log.lastSeq.value).toBeGreaterThan(value);
    await expect.poll(() => kindOf(log)).not.toBe("reading");
  }
  expect(new Set(source.reads).size).toBe(source.reads.length);
  await expect.poll(() => source.followedFrom).toBe(entries.length);
  expect(log.turns.value).toEqual(turnsOf(entries.reduce(foldEvents, startView())));
  stop();
});

test("a turn of which only the beginning was read is not shown as one that runs", async () => {
  const source = new Source(entries.length, 8);
  const log = source.open(0);
  const stop = log.start();
  await expect.poll(() => kindOf(log)).toBe("more");
  expect(log.turns.value.map(({ status }) => status)).toEqual(["sealed"]);
  expect(log.current.value).toBeNull();
  stop();
});

test("where a page ends no turn, the next one is read at once", async () => {
  const source = new Source(entries.length, 2);
  const log = source.open(0);
  const stop = log.start();
  await expect.poll(() => kindOf(log)).toBe("more");
  expect(source.reads).toEqual([0, 2, 4]);
  expect(log.turns.value).toHaveLength(1);
  stop();
});

test("what a restore further on leaves behind is left out before it is read so far, and never comes and goes", async () => {
  const source = new Source(entries.length, 12);
  const log = source.open(0);
  const stop = log.start();
  const restored = entries.find((entry) => entry.type === "restored");
  if (restored?.type !== "restored") throw new Error("There is no restore.");
  const undone = [{ fromSeq: restored.toSeq + 1, toSeq: restored.seq }];
  const kept = turnsOf(entries.reduce(foldEvents, startView())).map(({ turnId }) => turnId);
  for (;;) {
    await expect.poll(() => kindOf(log)).not.toBe("reading");
    const shown = withoutUndone(log.turns.value, undone).map(({ turnId }) => turnId);
    expect(shown).toEqual(kept.slice(0, shown.length));
    if (kindOf(log) === "end") break;
    log.more();
  }
  expect(log.turns.value.map(({ turnId }) => turnId)).toEqual(kept);
  stop();
});

test("what happens at its end is shown frame by frame, also where it was opened within a turn", async () => {
  const cut = events.findIndex((event) => event.type === "step-complete");
  const known = events.slice(0, cut + 1).filter((event) => "seq" in event).length;
  const source = new Source(known, 100);
  const log = source.open(known);
  const stop = log.start();
  await expect.poll(() => kindOf(log)).toBe("end");
  const rest = events.slice(cut + 1, events.findIndex(({ type }) => type === "turn-sealed") + 1);
  source.tell(...rest);
  await expect.poll(() => source.isDrawAsked && source.told.length === 0).toBe(true);
  expect(log.turns.value).toEqual([]);
  source.draw();
  expect(log.turns.value.map(({ steps, startedAtMs }) => [steps.length, startedAtMs])).toEqual([[1, null]]);
  stop();
});

test("a page that does not come is told of, and nothing that was shown is lost; it is tried again from there", async () => {
  const source = new Source(entries.length, 12);
  const log = source.open(0);
  let stop = log.start();
  await expect.poll(() => kindOf(log)).toBe("more");
  const { value } = log.turns;
  source.failure = new Error("The line was cut.");
  log.more();
  await expect.poll(() => kindOf(log)).toBe("failed");
  expect(log.turns.value).toEqual(value);
  source.failure = undefined;
  stop = log.start();
  await expect.poll(() => log.turns.value.length).toBeGreaterThan(value.length);
  stop();
});

test("a log that is another one by now is told of, and not mixed with what was read", async () => {
  const source = new Source(entries.length, 1_000);
  const log = source.open(0);
  const stop = log.start();
  await expect.poll(() => kindOf(log)).toBe("end");
  const { value } = log.turns;
  source.tell({ type: "reset", conversationId: "cnv_1", lastSeq: 3 });
  await expect.poll(() => kindOf(log)).toBe("failed");
  expect(log.turns.value).toEqual(value);
  stop();
});

test("a failure that comes behind what was about to be drawn is told of, with what came before it, and stays", async () => {
  const source = new Source(entries.length - 1, 1_000);
  const log = source.open(0);
  const stop = log.start();
  await expect.poll(() => source.followedFrom).toBe(entries.length - 1);
  const last = entries.at(-1) as Entry;
  source.tell(last, { type: "reset", conversationId: "cnv_1", lastSeq: 3 });
  await expect.poll(() => kindOf(log)).toBe("failed");
  expect(log.lastSeq.value).toBe(last.seq);
  source.draw();
  expect(kindOf(log)).toBe("failed");
  stop();
});

test("after it was left nothing changes, whether it waited, read or was about to draw", async () => {
  const waiting = new Source(entries.length, 12);
  const log = waiting.open(0);
  const stop = log.start();
  await expect.poll(() => kindOf(log)).toBe("more");
  stop();
  log.more();
  const told = new Source(10, 1_000);
  const other = told.open(0);
  const stopOther = other.start();
  await expect.poll(() => told.followedFrom).toBe(10);
  const shown = vi.fn();
  const unsubscribe = other.turns.subscribe(shown);
  told.tell(...events.slice(0, 3));
  stopOther();
  await new Promise((resolve) => setTimeout(resolve));
  told.draw();
  expect(shown).toHaveBeenCalledTimes(1);
  expect(waiting.reads).toEqual([0]);
  unsubscribe();
});
