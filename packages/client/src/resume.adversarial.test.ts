import type { ConversationEvent, RunEvent } from "@lathe/kernel";
import { ProblemError } from "@lathe/wire";
import { conversationsSend, conversationsStream, runsCreate, runsStream } from "@lathe/wire/operations";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connect } from "./client.ts";
import { liveEvents } from "./testing/arbitrary-turns.ts";
import { delta, entry, fold, isEntry, seqsOf, stepStart, takeUntil, upTo } from "./testing/collect.ts";
import { CuttingProxy } from "./testing/cutting-proxy.ts";
import { FakeTimers } from "./testing/fake-timers.ts";
import { token } from "./testing/serve-socket.ts";
import { sendProblem, TestDaemon } from "./testing/test-daemon.ts";

const transports = ["http", "websocket"] as const;
const backoff = { baseMs: 2, maxMs: 5 };
const id = "cnv_1";
const draining = new ProblemError(503, "draining", "The daemon is shutting down.").toProblem();

describe.each(transports)("over %s", (transport) => {
  test("G8: wherever connections break, what is shown folds to the log: nothing twice, nothing missing", async () => {
    const cuts = fc.array(fc.nat({ max: 6_000 }), { maxLength: 6 });
    let cutCount = 0;
    await fc.assert(
      fc.asyncProperty(liveEvents, cuts, async (events, cutsOfRun) => {
        await using daemon = await TestDaemon.open();
        await using proxy = await CuttingProxy.open(daemon.port, cutsOfRun);
        using client = connect({ url: proxy.url, token, transport, backoff });
        const stream = client.follow(conversationsStream, { id }, { after: 0 });
        const followed = takeUntil(stream, isEntry(seqsOf(events).length));
        // Some of it has happened before, most of it happens meanwhile.
        daemon.log.publish(...events.slice(0, events.length >> 2));
        for (const event of events.slice(events.length >> 2)) {
          daemon.log.publish(event);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        const shown = await followed;
        expect(seqsOf(shown)).toEqual(upTo(daemon.log.lastSeq));
        expect(fold(shown)).toEqual(fold(events));
        expect(fold(shown)).toEqual(fold(daemon.log.entries));
        expect(daemon.rules.broken).toEqual([]);
        cutCount += proxy.cutCount;
      }),
      { numRuns: 40 },
    );
    expect(cutCount).toBeGreaterThan(10);
  }, 120_000);

  test("at every moment between cuts, what is shown is what one who never left is shown", async () => {
    await fc.assert(
      fc.asyncProperty(liveEvents, fc.array(fc.boolean(), { minLength: 1 }), async (events, isCutAt) => {
        await using daemon = await TestDaemon.open();
        using client = connect({ url: daemon.url, token, transport, backoff });
        const watch = client.watch(id);
        const stop = watch.subscribe(() => undefined);
        await expect.poll(() => daemon.log.followerCount).toBe(1);
        for (const [at, event] of events.entries()) {
          daemon.log.publish(event);
          if (isCutAt[at % isCutAt.length] !== true) continue;
          daemon.cutAll();
          await expect.poll(() => watch.value, { interval: 1 }).toEqual(fold(events.slice(0, at + 1)));
        }
        await expect.poll(() => watch.value, { interval: 1 }).toEqual(fold(events));
        stop();
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  test("a daemon that is away, drains and comes back is waited for, and the stream goes on where it was", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport, backoff });
    daemon.log.publish(entry(1));
    const followed = takeUntil(client.follow(conversationsStream, { id }, { after: 0 }), isEntry(4));
    await expect.poll(() => daemon.log.followerCount).toBe(1);
    daemon.log.publish(entry(2));
    daemon.refusal = draining;
    await daemon.stop();
    daemon.log.publish(entry(3));
    await expect.poll(() => client.state.value.kind).toBe("waiting");
    await daemon.start();
    await expect.poll(() => askedCount(daemon)).toBeGreaterThan(3);
    daemon.refusal = undefined;
    await expect.poll(() => daemon.log.followerCount).toBe(1);
    daemon.log.publish(entry(4));
    expect(seqsOf(await followed)).toEqual([1, 2, 3, 4]);
  });

  test.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "unknown-conversation"],
    [400, "invalid-input"],
  ])("a problem that stays ends the stream at once: %d", async (status, code) => {
    await using daemon = await TestDaemon.open();
    daemon.refusal = new ProblemError(status, code, "No.").toProblem();
    using client = connect({ url: daemon.url, token, transport, backoff });
    const events = client.follow(conversationsStream, { id });
    await expect(events.next()).rejects.toMatchObject({ name: "LatheProblem", status, code });
    expect(askedCount(daemon)).toBe(1);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test("a token that is nobody's ends the stream with 401", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token: "another", transport, backoff });
    const events = client.follow(conversationsStream, { id });
    await expect(events.next()).rejects.toMatchObject({ status: 401, code: "unauthorized" });
  });

  test("a conversation that is deleted while it is followed ends the stream with 404", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport, backoff });
    daemon.log.publish(entry(1));
    const events = client.follow(conversationsStream, { id });
    await events.next();
    daemon.refusal = new ProblemError(404, "unknown-conversation", "It is gone.").toProblem();
    const next = events.next();
    daemon.cutAll();
    await expect(next).rejects.toMatchObject({ status: 404 });
  });

  test("an abort in the middle of a wait ends the stream at once, and nothing waits any more", async () => {
    const timers = new FakeTimers();
    await using daemon = await TestDaemon.open();
    await daemon.stop();
    const powers = { timers, random: () => 1, nowMs: () => timers.nowMs };
    using client = connect({ url: daemon.url, token, transport, powers });
    const leaving = new AbortController();
    const next = client.follow(conversationsStream, { id }, { signal: leaving.signal }).next();
    await expect.poll(() => client.state.value).toEqual({ kind: "waiting", untilMs: 500 });
    leaving.abort(new Error("Enough."));
    await expect(next).rejects.toThrow("Enough.");
    expect(client.state.value).toEqual({ kind: "idle" });
    client.close();
    await expect.poll(() => timers.waitingCount).toBe(0);
  });

  test("each attempt waits longer, up to the longest wait, and who is in a hurry need not wait", async () => {
    const timers = new FakeTimers();
    await using daemon = await TestDaemon.open();
    await daemon.stop();
    const powers = { timers, random: () => 1, nowMs: () => timers.nowMs };
    using client = connect({ url: daemon.url, token, transport, powers });
    daemon.log.publish(entry(1));
    const next = client.follow(conversationsStream, { id }).next();
    for (const ms of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const untilMs = timers.nowMs + ms;
      await expect.poll(() => client.state.value).toEqual({ kind: "waiting", untilMs });
      timers.pass(ms);
    }
    const untilMs = timers.nowMs + 30_000;
    await expect.poll(() => client.state.value).toEqual({ kind: "waiting", untilMs });
    await daemon.start();
    client.retryNow();
    expect(await next).toEqual({ done: false, value: entry(1) });
  });

  test("aborted before it began, nothing is asked; left by break, nobody follows any more", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport, backoff });
    const signal = AbortSignal.abort(new Error("Enough."));
    await expect(client.follow(conversationsStream, { id }, { signal }).next()).rejects.toThrow("Enough.");
    expect(askedCount(daemon)).toBe(0);
    daemon.log.publish(entry(1));
    for await (const _event of client.follow(conversationsStream, { id })) break;
    await expect.poll(() => daemon.log.followerCount).toBe(0);
  });

  test("an abort ends a stream that is silent", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport, backoff });
    const leaving = new AbortController();
    const next = client.follow(conversationsStream, { id }, { signal: leaving.signal }).next();
    await expect.poll(() => daemon.log.followerCount).toBe(1);
    leaving.abort();
    await expect(next).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(() => daemon.log.followerCount).toBe(0);
  });

  test("a closed client ends its streams and refuses everything else", async () => {
    await using daemon = await TestDaemon.open();
    const client = connect({ url: daemon.url, token, transport, backoff });
    const next = client.follow(conversationsStream, { id }).next();
    await expect.poll(() => daemon.log.followerCount).toBe(1);
    client.close();
    await expect(next).rejects.toMatchObject({ name: "ConnectionError", code: "closed" });
    await expect(client.follow(conversationsStream, { id }).next()).rejects.toMatchObject({ code: "closed" });
    const message = { id, text: "Hi." };
    await expect(client.call(conversationsSend, message)).rejects.toMatchObject({ code: "closed" });
    expect(client.state.value).toEqual({ kind: "closed" });
    await expect.poll(() => daemon.log.followerCount).toBe(0);
  });

  test("an entry that is missing is asked for, and a delta behind the gap is not shown", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport, backoff });
    daemon.log.publish(entry(1));
    const followed = takeUntil(client.follow(conversationsStream, { id }), isEntry(4));
    await expect.poll(() => daemon.log.followerCount).toBe(1);
    daemon.log.losing(
      (event) => "seq" in event && event.seq === 2,
      () => daemon.log.publish(entry(2), entry(3), delta("lost")),
    );
    await expect.poll(() => askedCount(daemon)).toBeGreaterThan(1);
    await expect.poll(() => daemon.log.followerCount).toBe(1);
    daemon.log.publish(entry(4));
    const shown = await followed;
    expect(seqsOf(shown)).toEqual([1, 2, 3, 4]);
    expect(shown).not.toContainEqual(delta("lost"));
  });

  test("G8: a position that is none of the log is answered with a reset, and then with everything", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport, backoff });
    daemon.log.publish(entry(1), entry(2));
    for (const after of [3, -1, Number.NaN, 2 ** 63]) {
      const events = client.follow(conversationsStream, { id }, { after });
      const shown = await takeUntil(events, isEntry(2));
      expect(shown).toEqual([{ type: "reset", conversationId: id, lastSeq: 2 }, entry(1), entry(2)]);
    }
  });

  test("a log that was restored to an earlier state is shown from its beginning", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport, backoff });
    const watch = client.watch(id);
    const stop = watch.subscribe(() => undefined);
    daemon.log.publish(entry(1), entry(2), entry(3));
    await expect.poll(() => watch.value.lastSeq).toBe(3);
    daemon.log.forgetAll();
    daemon.log.publish(entry(1));
    daemon.cutAll();
    await expect.poll(() => watch.value).toEqual(fold([entry(1)]));
    stop();
  });

  test("events that a newer daemon tells of are left out, and entries of a new kind are not", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport, backoff });
    daemon.rules.isUnchecked = true;
    const followed = takeUntil(client.follow(conversationsStream, { id }), isEntry(2));
    await expect.poll(() => daemon.log.followerCount).toBe(1);
    const thought = { ...delta("x"), type: "thought-delta" } as unknown as ConversationEvent;
    const judged = { ...entry(1), type: "judged" } as unknown as ConversationEvent;
    daemon.log.publish(judged, stepStart, thought, entry(2));
    expect(await followed).toEqual([judged, stepStart, entry(2)]);
  });
});

test("over http, Retry-After is waited at least", async () => {
  const timers = new FakeTimers();
  await using daemon = await TestDaemon.open();
  daemon.answer = (_incoming, outgoing) => sendProblem(outgoing, draining, { "retry-after": "2" });
  const powers = { timers, random: () => 0, nowMs: () => timers.nowMs };
  using client = connect({ url: daemon.url, token, powers });
  daemon.log.publish(entry(1));
  const next = client.follow(conversationsStream, { id }).next();
  await expect.poll(() => client.state.value).toEqual({ kind: "waiting", untilMs: 2_000 });
  daemon.answer = undefined;
  timers.pass(2_000);
  expect(await next).toMatchObject({ value: { seq: 1 } });
});

test("over http, a slow consumer reads no further than it takes, and goes on where it was when it was let go", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  const slow = client.follow(conversationsStream, { id });
  daemon.log.publish(entry(1), stepStart);
  await slow.next();
  const megabyte = "x".repeat(1_048_576);
  for (let count = 0; count < 40; count += 1) {
    daemon.log.publish(delta(megabyte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  // What the two kernels hold is a few megabytes; everything else stays where it was made.
  expect(daemon.unsentBytes).toBeGreaterThan(20 * 1_048_576);
  daemon.cutAll();
  daemon.log.publish(entry(2));
  const shown = await takeUntil(slow, isEntry(2));
  expect(fold([entry(1), ...shown])).toEqual(fold([entry(1), entry(2)]));
});

test("over http, a stream that is over and known ends, and a connection that says nothing is given up", async () => {
  const timers = new FakeTimers();
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, powers: { timers, random: () => 0 }, idleMs: 45_000 });
  daemon.log.publish(entry(1));
  const events = client.follow(conversationsStream, { id });
  await events.next();
  const next = events.next();
  await expect.poll(() => daemon.log.followerCount).toBe(1);
  daemon.answer = (_incoming, outgoing) => outgoing.writeHead(204).end();
  timers.pass(44_999);
  expect(client.state.value.kind).toBe("open");
  timers.pass(1);
  await expect.poll(() => timers.nextMs).toBe(0);
  timers.pass(0);
  expect(await next).toEqual({ done: true, value: undefined });
  expect(daemon.seen.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "1"]);
});

test.each([
  ["a page", "text/html", "<html>Sign in</html>"],
  ["half an event", "text/event-stream", 'event: turn-sealed\ndata: {"seq": 1'],
  ["an event that is no JSON", "text/event-stream", "event: turn-sealed\ndata: {\n\n"],
])("over http, %s in the daemon's place is not shown, and the daemon is asked again", async (_what, type, body) => {
  await using daemon = await TestDaemon.open();
  daemon.log.publish(entry(1));
  daemon.answer = (_incoming, outgoing) => {
    daemon.answer = undefined;
    outgoing.writeHead(200, { "content-type": type });
    outgoing.end(body);
  };
  using client = connect({ url: daemon.url, token, backoff });
  expect(await client.follow(conversationsStream, { id }).next()).toEqual({ done: false, value: entry(1) });
});

test("what changes something is not followed, since asking again would do it again", () => {
  using client = connect({ url: "http://127.0.0.1:1" });
  const input = { kind: "turn", input: "Hi." };
  expect(() => client.follow(conversationsSend, { id, text: "Hi." }, { idempotencyKey: "once" })).toThrow(
    TypeError,
  );
  expect(() => client.follow(runsCreate, input)).toThrow(TypeError);
  expect(() => client.follow(runsCreate, input, { idempotencyKey: "once" })).not.toThrow();
});

test("over http, a stream that says that it is complete ends", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token });
  daemon.answer = (_incoming, outgoing) => {
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    outgoing.end(`event: turn-sealed\nid: 1\ndata: ${JSON.stringify(entry(1))}\n\nevent: end\ndata: {}\n\n`);
  };
  const shown: RunEvent[] = [];
  for await (const event of client.follow(runsStream, { id: "run_1" })) shown.push(event);
  expect([shown, daemon.seen.length]).toEqual([[entry(1)], 1]);
});

/** How often a stream was asked for. */
function askedCount({ seen, rules }: TestDaemon): number {
  return seen.length + rules.frames.filter(({ type }) => type === "subscribe").length;
}
