import type { ConversationEvent } from "@lathe/kernel";
import { foldEvents, ProblemError, startView } from "@lathe/wire";
import { simulateTurns, type TurnPlan } from "@lathe/wire/testing";
import { expect, test } from "vitest";
import { connect } from "../client.ts";
import { fold, isEntry } from "../testing/collect.ts";
import { token } from "../testing/serve-socket.ts";
import { TestDaemon } from "../testing/test-daemon.ts";

const id = "cnv_1";
const backoff = { baseMs: 2, maxMs: 5 };
const plan: TurnPlan = { text: "Hi.", steps: [], finishReason: "stop" };

/** Turns of four entries each. */
function turns(count: number): readonly ConversationEvent[] {
  return simulateTurns(Array.from({ length: count }, () => plan));
}

function foldFrom(firstSeq: number, events: readonly ConversationEvent[]): unknown {
  return events.slice(events.findIndex(isEntry(firstSeq))).reduce(foldEvents, startView(firstSeq - 1));
}

test("a conversation of 10,000 entries opens at its end, with nothing read but that, and is followed from there", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  const events = turns(2_501);
  daemon.log.publish(...events.slice(0, 10_000));
  const watch = client.watch(id, { tail: 50 });
  expect(watch.earlier).toEqual({ kind: "loading" });
  const told: unknown[] = [];
  const stop = watch.subscribe(() => told.push([watch.value.lastSeq, watch.earlier]));
  await expect.poll(() => told).toEqual([[10_000, { kind: "more", beforeSeq: 9_949 }]]);
  expect(daemon.reads).toEqual([
    { sinceSeq: "9950", limit: "50" },
    { sinceSeq: "9918", limit: "32" },
  ]);
  expect(watch.value).toEqual(foldFrom(9_949, events.slice(0, 10_000)));
  await expect.poll(() => daemon.log.followerCount).toBe(1);
  expect(daemon.seen.at(-1)?.headers["last-event-id"]).toBe("10000");
  daemon.log.publish(...events.slice(10_000));
  await expect.poll(() => watch.value).toEqual(foldFrom(9_949, events));
  stop();
});

test("pages are put before what is there, up to the first entry of all, and turns keep their identity", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  const events = turns(10);
  daemon.log.publish(...events);
  const watch = client.watch(id, { tail: 16 });
  const stop = watch.subscribe(() => undefined);
  await expect.poll(() => watch.earlier).toEqual({ kind: "more", beforeSeq: 25 });
  const shown = watch.value.turns;
  const [loading, again] = [watch.loadEarlier(), watch.loadEarlier()];
  expect([again === loading, watch.earlier]).toEqual([true, { kind: "loading" }]);
  await loading;
  expect(watch.earlier).toEqual({ kind: "more", beforeSeq: 9 });
  expect(watch.value).toEqual(foldFrom(9, events));
  // Only the first one knows more than before: which turn it goes on from.
  const isSame = watch.value.turns.slice(4).map((turn, at) => turn === shown[at]);
  expect(isSame).toEqual([false, true, true, true]);
  await watch.loadEarlier();
  expect([watch.earlier, watch.value]).toEqual([{ kind: "none" }, fold(events)]);
  await watch.loadEarlier();
  expect(daemon.reads).toHaveLength(3);
  stop();
});

test("a page that does not come is told, leaves everything as it was, and can be tried again", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, transport: "websocket", backoff });
  const events = turns(4);
  daemon.log.publish(...events);
  const watch = client.watch(id, { tail: 4 });
  const stop = watch.subscribe(() => undefined);
  await expect.poll(() => watch.earlier.kind).toBe("more");
  const held = watch.value;
  daemon.refusal = new ProblemError(429, "too-many-requests", "Later.").toProblem();
  await watch.loadEarlier();
  expect(watch.earlier).toMatchObject({ kind: "failed", failure: { status: 429 } });
  expect([watch.value === held, watch.failure]).toEqual([true, null]);
  daemon.refusal = undefined;
  await watch.loadEarlier();
  expect([watch.earlier, watch.value]).toEqual([{ kind: "more", beforeSeq: 9 }, foldFrom(9, events)]);
  stop();
});

test("who leaves takes a page that is on its way with him, and may ask for it when he comes back", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, transport: "websocket", backoff });
  const events = turns(4);
  daemon.log.publish(...events);
  const watch = client.watch(id, { tail: 4 });
  await watch.loadEarlier();
  const stop = watch.subscribe(() => undefined);
  await expect.poll(() => watch.earlier.kind).toBe("more");
  const held = watch.value;
  daemon.rules.withhold = ({ type }) => type === "response";
  const loading = watch.loadEarlier();
  await expect.poll(() => daemon.reads.length).toBe(2);
  stop();
  expect(watch.earlier).toEqual({ kind: "more", beforeSeq: 13 });
  await loading;
  expect([watch.earlier, watch.value === held]).toEqual([{ kind: "more", beforeSeq: 13 }, true]);
  await watch.loadEarlier();
  expect(daemon.reads).toHaveLength(2);
  daemon.rules.withhold = () => false;
  const stopAgain = watch.subscribe(() => undefined);
  await watch.loadEarlier();
  expect([watch.earlier, watch.value]).toEqual([{ kind: "more", beforeSeq: 9 }, foldFrom(9, events)]);
  stopAgain();
});

test("a log that is another one now is shown anew, from its tail", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  daemon.log.publish(...turns(9));
  const watch = client.watch(id, { tail: 4 });
  const stop = watch.subscribe(() => undefined);
  await expect.poll(() => watch.earlier).toEqual({ kind: "more", beforeSeq: 33 });
  await expect.poll(() => daemon.log.followerCount).toBe(1);
  daemon.log.forgetAll();
  const others = turns(3);
  daemon.log.publish(...others);
  daemon.cutAll();
  await expect.poll(() => watch.earlier).toEqual({ kind: "more", beforeSeq: 9 });
  expect(watch.value).toEqual(foldFrom(9, others));
  await watch.loadEarlier();
  expect(watch.value).toEqual(foldFrom(5, others));
  stop();
});

test("a daemon that is away when a conversation is opened is waited for; one that refuses is not", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  daemon.log.publish(...turns(3));
  await daemon.stop();
  const watch = client.watch(id, { tail: 1 });
  const stop = watch.subscribe(() => undefined);
  await expect.poll(() => client.state.value.kind).toBe("waiting");
  await daemon.start();
  await expect.poll(() => watch.earlier).toEqual({ kind: "more", beforeSeq: 9 });
  stop();
  const refused = client.watch(id, { tail: 1 });
  daemon.refusal = new ProblemError(403, "forbidden", "It is another's.").toProblem();
  const stopRefused = refused.subscribe(() => undefined);
  await expect.poll(() => refused.failure).toMatchObject({ status: 403 });
  expect(refused.earlier).toMatchObject({ kind: "failed", failure: { status: 403 } });
  stopRefused();
  daemon.refusal = undefined;
  const stopAgain = refused.subscribe(() => undefined);
  await expect.poll(() => refused.earlier).toEqual({ kind: "more", beforeSeq: 9 });
  stopAgain();
});

test("a conversation without an entry has nothing before it, and is followed", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  const watch = client.watch(id, { tail: 10 });
  const stop = watch.subscribe(() => undefined);
  await expect.poll(() => daemon.log.followerCount).toBe(1);
  expect(watch.earlier).toEqual({ kind: "none" });
  daemon.log.publish(...turns(1));
  await expect.poll(() => watch.value).toEqual(fold(turns(1)));
  stop();
});

test("a turn of thousands of steps is opened within, and is whole when the page with its first entry has come", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  const step = {
    pieces: [],
    retries: [],
    fallback: false,
    usage: null,
    outcomes: [],
    steering: null,
  } as const;
  const steps = Array.from({ length: 2_000 }, () => ({ ...step, ending: "complete" }) as const);
  const events = simulateTurns([plan, { ...plan, steps }]);
  daemon.log.publish(...events);
  const watch = client.watch(id, { tail: 100 });
  const stop = watch.subscribe(() => undefined);
  await expect.poll(() => watch.earlier).toEqual({ kind: "more", beforeSeq: 2_008 - 1_091 });
  expect(watch.value.turns).toMatchObject([
    { turnId: "trn_1", runId: null, userMessage: [], status: "sealed" },
  ]);
  const held = watch.value.turns[0]?.steps ?? [];
  await watch.loadEarlier();
  expect(watch.earlier).toEqual({ kind: "more", beforeSeq: 5 });
  expect(watch.value.turns).toEqual(
    fold(events)
      .turns.slice(1)
      .map((turn) => ({ ...turn, afterTurnId: null })),
  );
  expect(watch.value.turns[0]?.steps.slice(-held.length).every((view, at) => view === held[at])).toBe(true);
  await watch.loadEarlier();
  expect([watch.earlier, watch.value]).toEqual([{ kind: "none" }, fold(events)]);
  stop();
});
