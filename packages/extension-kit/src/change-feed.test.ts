import type { ChangeEvent, StreamEvent } from "@lathe/kernel";
import type { EventSink, Principal, Problem } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ChangeFeed } from "./change-feed.ts";
import { fakeTimers } from "./testing/fake-time.ts";

interface Row {
  readonly owner: string;
  readonly state: number;
}

const ann: Principal = { id: "ann", scopes: ["read"] };
const bob: Principal = { id: "bob", scopes: ["read"] };
const root: Principal = { id: "root", scopes: ["read", "admin"] };
const start: ChangeEvent = { type: "feed-start" };

/** Told in the place of a run or a conversation: the state of the row stands in a field that both have. */
function told(id: string, row: Row | null): ChangeEvent {
  return { type: "run-changed", runId: id, run: row as never };
}

function openFeed() {
  const rows = new Map<string, Row>();
  const timers = fakeTimers();
  const failures: unknown[] = [];
  const table = { readCount: 0, failure: undefined as Error | undefined };
  const feed = new ChangeFeed<Row>({
    timers,
    read: async (ids) => {
      table.readCount += 1;
      if (table.failure !== undefined) throw table.failure;
      return ids.map((id) => rows.get(id));
    },
    eventOf: told,
    onFailure: (failure) => failures.push(failure),
  });
  return {
    ...{ feed, timers, failures, table },
    put: (id: string, owner: string, state: number): void => {
      rows.set(id, { owner, state });
      feed.noteChanged(id);
    },
    remove: (id: string): void => {
      const owner = rows.get(id)?.owner ?? "";
      rows.delete(id);
      feed.noteChanged(id);
      feed.noteDeleted(id, owner);
    },
    follow: (principal: Principal): Client => new Client(feed, principal),
    /** Longer than changes are gathered for. */
    pass: (): Promise<void> => timers.advance(1_000),
  };
}

/** Takes what it is told while it is `open`, and then one more at most. */
class Client implements EventSink {
  readonly events: StreamEvent[] = [];
  readonly leave: () => void;
  problem: Problem | undefined;
  #reading: PromiseWithResolvers<void> | undefined;

  constructor(feed: ChangeFeed<Row>, principal: Principal) {
    this.leave = feed.streamFor(principal)(this);
  }

  ready(): Promise<void> | undefined {
    return this.#reading?.promise;
  }

  event(event: StreamEvent): void {
    this.events.push(event);
  }

  end(problem?: Problem): void {
    this.problem = problem;
  }

  stopReading(): void {
    this.#reading ??= Promise.withResolvers<void>();
  }

  readOn(): void {
    this.#reading?.resolve();
    this.#reading = undefined;
  }
}

test("the feed begins with its start, and nothing is told before following has returned", async () => {
  const { follow, put, pass } = openFeed();
  put("a", "ann", 1);
  const client = follow(ann);
  expect(client.events).toEqual([]);
  await pass();
  expect(client.events).toEqual([start]);
});

test("a burst is told once for each row, as the row is then", async () => {
  const { follow, put, pass, table } = openFeed();
  const client = follow(ann);
  for (let state = 1; state <= 1_000; state += 1) for (const id of ["a", "b"]) put(id, "ann", state);
  await pass();
  const last = { owner: "ann", state: 1_000 };
  expect(client.events).toEqual([start, told("a", last), told("b", last)]);
  expect(table.readCount).toBe(1);
});

test("a row is told to its owner and to who may see everything, and to nobody else, its deletion neither", async () => {
  const { follow, put, remove, pass } = openFeed();
  const clients = [follow(ann), follow(bob), follow(root)];
  put("a", "ann", 1);
  await pass();
  remove("a");
  await pass();
  const all = [start, told("a", { owner: "ann", state: 1 }), told("a", null)];
  expect(clients.map(({ events }) => events)).toEqual([all, [start], all]);
});

test("who does not read is waited for by nobody, and is told the last state of each when he reads on", async () => {
  const { follow, put, remove, pass } = openFeed();
  const [slow, quick] = [follow(ann), follow(ann)];
  await pass();
  slow.stopReading();
  for (let state = 1; state <= 5; state += 1) {
    put("a", "ann", state);
    put("b", "ann", state);
    await pass();
  }
  remove("b");
  await pass();
  expect(quick.events).toHaveLength(1 + 10 + 1);
  expect(slow.events).toEqual([start]);
  slow.readOn();
  await pass();
  expect(slow.events).toEqual([start, told("a", { owner: "ann", state: 5 }), told("b", null)]);
});

test("where too much waits for a client, it is forgotten, and he is told to begin again", async () => {
  const { follow, put, pass, table } = openFeed();
  const client = follow(ann);
  await pass();
  client.stopReading();
  for (let count = 0; count <= 10_000; count += 1) put(`row-${count}`, "ann", 1);
  put("after", "ann", 2);
  await pass();
  expect([client.events, table.readCount]).toEqual([[start], 0]);
  client.readOn();
  await pass();
  expect(client.events).toEqual([start, start, told("after", { owner: "ann", state: 2 })]);
});

test("where rows cannot be read, the follower is let go with a problem that says what to do", async () => {
  const { follow, put, pass, table, failures } = openFeed();
  const client = follow(ann);
  await pass();
  table.failure = new Error("The disk is gone.");
  put("a", "ann", 1);
  await pass();
  expect(failures).toEqual([table.failure]);
  expect(client.problem).toMatchObject({ status: 503, code: "feed-failed" });
});

test("who has left is told nothing, and nothing waits for him", async () => {
  const { follow, put, pass, timers, table } = openFeed();
  const [early, late] = [follow(ann), follow(ann)];
  early.leave();
  await pass();
  put("a", "ann", 1);
  late.leave();
  await pass();
  expect([early.events, late.events, table.readCount, timers.waitingCount()]).toEqual([[], [start], 0, 0]);
});

const steps = fc.array(
  fc.tuple(
    fc.constantFrom("put", "put", "put", "remove", "stop-reading", "read-on", "pass"),
    fc.constantFrom("a", "b", "c"),
  ),
  { maxLength: 60 },
);

test("F1: in any order of changes, pauses and stops, what a follower was told comes to what there is", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { follow, put, remove, pass } = openFeed();
      const client = follow(ann);
      const there = new Map<string, number>();
      for (const [at, [kind, name]] of taken.entries()) {
        // What was removed does not come back: the next of this name has another id.
        const id = [...there.keys()].find((known) => known.startsWith(name)) ?? `${name}-${at}`;
        if (kind === "put") {
          put(id, "ann", at);
          there.set(id, at);
        } else if (kind === "remove") {
          remove(id);
          there.delete(id);
        } else if (kind === "pass") await pass();
        else if (kind === "read-on") client.readOn();
        else client.stopReading();
      }
      client.readOn();
      await pass();
      const known = new Map<string, unknown>();
      for (const event of client.events) {
        if (event.type !== "run-changed") continue;
        const row = event.run as unknown as Row | null;
        if (row === null) known.delete(event.runId);
        else known.set(event.runId, row.state);
      }
      expect(known).toEqual(there);
    }),
  );
});
