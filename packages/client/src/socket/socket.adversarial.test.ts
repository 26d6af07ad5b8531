import { socketCloseCodes } from "@lathe/wire";
import { conversationsStream, modelsList, runsStream } from "@lathe/wire/operations";
import { expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { type Client, type ConnectOptions, connect } from "../client.ts";
import { type ClientPowers, platformPowers, type SocketLike } from "../powers.ts";
import { delta, entry, fold, isEntry, seqsOf, stepStart, takeUntil, upTo } from "../testing/collect.ts";
import { FakeTimers } from "../testing/fake-timers.ts";
import { token } from "../testing/serve-socket.ts";
import { TestDaemon } from "../testing/test-daemon.ts";

const id = "cnv_1";
const backoff = { baseMs: 2, maxMs: 5 };

function connectTo(daemon: TestDaemon, options: Partial<ConnectOptions> = {}): Client {
  return connect({ url: daemon.url, token, transport: "websocket", backoff, ...options });
}

function typesOf({ rules }: TestDaemon): readonly string[] {
  return rules.frames.map(({ type }) => type);
}

test("a slow consumer holds a bounded lot in memory, leaves its stream alone, and comes back where it was", async () => {
  await using daemon = await TestDaemon.open();
  using client = connectTo(daemon);
  const slow = client.follow(conversationsStream, { id });
  const other = client.call(modelsList);
  daemon.log.publish(entry(1));
  const shown = [(await slow.next()).value];
  for (let seq = 2; seq <= 5_000; seq += 1) daemon.log.publish(entry(seq));
  // It was left out when a thousand events waited, and comes back when it has taken them.
  await expect.poll(() => typesOf(daemon)).toContain("unsubscribe");
  await expect.poll(() => daemon.log.followerCount).toBe(0);
  expect(typesOf(daemon).filter((type) => type === "subscribe")).toHaveLength(1);
  await other;
  for await (const event of slow) {
    shown.push(event);
    if (isEntry(5_000)(event)) break;
  }
  expect(seqsOf(shown.filter((event) => event !== undefined))).toEqual(upTo(5_000));
  expect(daemon.rules.acceptedCount).toBe(1);
});

test("a slow consumer of large events is left out long before their number would tell", async () => {
  await using daemon = await TestDaemon.open();
  using client = connectTo(daemon);
  const slow = client.follow(conversationsStream, { id });
  daemon.log.publish(entry(1), stepStart);
  await slow.next();
  for (let count = 0; count < 20; count += 1) daemon.log.publish(delta("x".repeat(500_000)));
  await expect.poll(() => daemon.log.followerCount).toBe(0);
  daemon.log.publish(entry(2));
  const shown = await takeUntil(slow, isEntry(2));
  expect(fold([entry(1), ...shown])).toEqual(fold([entry(1), entry(2)]));
});

test("two who follow the same have a socket each, since one cannot tell their streams apart", async () => {
  await using daemon = await TestDaemon.open();
  using client = connectTo(daemon);
  daemon.log.publish(entry(1), entry(2));
  const early = client.follow(conversationsStream, { id }, { after: 0 });
  expect([await early.next(), await early.next()]).toMatchObject([{ value: entry(1) }, { value: entry(2) }]);
  const late = client.follow(conversationsStream, { id }, { after: 1 });
  expect(await late.next()).toMatchObject({ value: entry(2) });
  daemon.log.publish(entry(3));
  expect([await early.next(), await late.next()]).toMatchObject([{ value: entry(3) }, { value: entry(3) }]);
  expect([daemon.rules.acceptedCount, daemon.log.followerCount]).toEqual([2, 2]);
  await early.return(undefined);
  await expect.poll(() => daemon.log.followerCount).toBe(1);
  daemon.log.publish(entry(4));
  expect(await late.next()).toMatchObject({ value: entry(4) });
});

test("two questions that turn out to be one stream are told apart on two sockets", async () => {
  await using daemon = await TestDaemon.open();
  using client = connectTo(daemon);
  daemon.log.publish(entry(1));
  const one = client.follow(conversationsStream, { id });
  const other = client.follow(runsStream, { id });
  expect(await one.next()).toMatchObject({ value: entry(1) });
  const [first, second] = [other.next(), one.next()];
  expect(await first).toMatchObject({ value: entry(1) });
  await expect.poll(() => daemon.log.followerCount).toBe(2);
  daemon.log.publish(entry(2));
  expect([await second, await other.next()]).toMatchObject([{ value: entry(2) }, { value: entry(2) }]);
  expect(daemon.rules.acceptedCount).toBe(2);
});

test("where one socket has no room for another subscription, a further one is opened", async () => {
  await using daemon = await TestDaemon.open();
  daemon.rules.subscriptionCountMax = 1;
  using client = connectTo(daemon);
  daemon.log.publish(entry(1));
  const streams = [client.follow(conversationsStream, { id }), client.follow(runsStream, { id })];
  for (const stream of streams) expect(await stream.next()).toMatchObject({ value: entry(1) });
  expect(daemon.rules.acceptedCount).toBe(2);
});

test("who leaves before the answer came is taken out when it comes", async () => {
  await using daemon = await TestDaemon.open();
  using client = connectTo(daemon);
  daemon.rules.withhold = ({ type }) => type === "pong";
  const leaving = new AbortController();
  await client.call(modelsList);
  const next = client.follow(conversationsStream, { id }, { signal: leaving.signal }).next();
  await new Promise((resolve) => setImmediate(resolve));
  leaving.abort(new Error("Enough."));
  await expect(next).rejects.toThrow("Enough.");
  await expect.poll(() => typesOf(daemon)).toContain("unsubscribe");
  await expect.poll(() => daemon.log.followerCount).toBe(0);
});

test("a daemon that falls silent is asked whether it is there, and then given up", async () => {
  const timers = new FakeTimers();
  await using daemon = await TestDaemon.open();
  daemon.rules.heartbeatMs = 15_000;
  const powers = { timers, random: () => 0, nowMs: () => timers.nowMs };
  using client = connectTo(daemon, { powers });
  daemon.log.publish(entry(1));
  const events = client.follow(conversationsStream, { id });
  await events.next();
  const next = events.next();
  timers.pass(15_000);
  timers.pass(15_000);
  await expect.poll(() => typesOf(daemon)).toContain("ping");
  // The pong came, so that it begins anew.
  await new Promise((resolve) => setTimeout(resolve, 20));
  timers.pass(15_000);
  expect(client.state.value.kind).toBe("open");
  daemon.rules.isMute = true;
  timers.pass(15_000);
  timers.pass(15_000);
  timers.pass(15_000);
  expect(client.state.value.kind).not.toBe("open");
  daemon.rules.isMute = false;
  daemon.log.publish(entry(2));
  await expect.poll(() => client.state.value).toEqual({ kind: "waiting", untilMs: timers.nowMs });
  timers.pass(0);
  expect(await next).toMatchObject({ value: entry(2) });
});

test("a daemon that takes the connection and never says welcome is given up, and tried again", async () => {
  const timers = new FakeTimers();
  await using daemon = await TestDaemon.open();
  daemon.rules.isMute = true;
  const powers = { timers, random: () => 1, nowMs: () => timers.nowMs };
  using client = connectTo(daemon, { powers, backoff: { baseMs: 500, maxMs: 500 }, idleMs: 10_000 });
  const next = client.follow(conversationsStream, { id }).next();
  await expect.poll(() => typesOf(daemon)).toEqual(["hello"]);
  timers.pass(10_000);
  await expect.poll(() => client.state.value).toEqual({ kind: "waiting", untilMs: 10_500 });
  daemon.rules.isMute = false;
  daemon.log.publish(entry(1));
  timers.pass(500);
  expect(await next).toMatchObject({ value: entry(1) });
});

test("a daemon that goes away right behind its welcome is tried again", async () => {
  await using daemon = await TestDaemon.open();
  daemon.rules.hastyCount = 5;
  daemon.log.publish(entry(1));
  using client = connectTo(daemon);
  await expect(client.call(modelsList)).rejects.toMatchObject({ name: "ConnectionError" });
  expect(await client.follow(conversationsStream, { id }).next()).toMatchObject({ value: entry(1) });
  expect(await client.call(modelsList)).toMatchObject({ name: "models.list" });
  expect(daemon.rules.acceptedCount).toBe(6);
});

test("a welcome and a close in one go leave no dead session behind", async () => {
  await using daemon = await TestDaemon.open();
  daemon.log.publish(entry(1));
  let openedCount = 0;
  const openSocket: ClientPowers["openSocket"] = (url, headers) => {
    openedCount += 1;
    return openedCount === 1 ? hastySocket() : platformPowers.openSocket(url, headers);
  };
  using client = connectTo(daemon, { powers: { openSocket } });
  await expect(client.call(modelsList)).rejects.toMatchObject({ name: "ConnectionError", code: "dropped" });
  expect(await client.call(modelsList)).toMatchObject({ name: "models.list" });
  expect(openedCount).toBe(2);
});

/** Says welcome and closes before anybody else gets a word in, as a class may that calls back for a whole packet. */
function hastySocket(): SocketLike {
  const listeners: Record<string, (event: never) => void> = {};
  const tell = (type: string, event: unknown): void => listeners[type]?.(event as never);
  const limits = { frameBytesMax: 1_000, subscriptionCountMax: 10, framesPerSecondMax: 10 };
  const principal = { id: "local", scopes: [] };
  const welcome = { type: "welcome", protocol: "0.1.0", principal, limits, heartbeatMs: 15_000 };
  queueMicrotask(() => {
    tell("message", { data: JSON.stringify(welcome) });
    tell("close", { code: socketCloseCodes.goingAway, reason: "" });
  });
  return {
    send: () => undefined,
    close: () => undefined,
    addEventListener: (type: string, listener: (event: never) => void) => {
      listeners[type] = listener;
    },
  };
}

test("a client that is closed while it connects leaves nothing open", async () => {
  await using daemon = await TestDaemon.open();
  daemon.rules.isMute = true;
  const client = connectTo(daemon);
  const call = client.call(modelsList);
  await expect.poll(() => typesOf(daemon)).toEqual(["hello"]);
  client.close();
  await expect(call).rejects.toMatchObject({ code: "closed" });
  await expect.poll(() => daemon.connectionCount).toBe(0);
});

test("many streams that were cut together come back over one socket, in one attempt, and no faster than they may", async () => {
  const timers = new FakeTimers();
  await using daemon = await TestDaemon.open();
  daemon.rules.framesPerSecondMax = 10;
  const powers = { timers, random: () => 0.5, nowMs: () => timers.nowMs };
  using client = connectTo(daemon, { powers });
  const ids = upTo(30).map(String);
  const streams = ids.map((run) => client.follow(runsStream, { id: run }).next());
  const askedCounts: number[] = [];
  const comeBack = async (count: number): Promise<void> => {
    await expect.poll(() => daemon.log.followerCount).toBe(count);
    askedCounts.push(typesOf(daemon).filter((type) => type === "subscribe").length);
    timers.pass(1_000);
  };
  for (const count of [9, 18, 27, 30]) await comeBack(count);
  daemon.cutAll();
  await expect.poll(() => client.state.value.kind).toBe("waiting");
  timers.pass(backoff.maxMs);
  for (const count of [9, 18, 27, 30]) await comeBack(count);
  expect(askedCounts).toEqual([9, 18, 27, 30, 39, 48, 57, 60]);
  expect([daemon.rules.acceptedCount, daemon.rules.broken]).toEqual([2, []]);
  daemon.log.publish(entry(1));
  expect((await Promise.all(streams)).every(({ value }) => value?.type === "turn-sealed")).toBe(true);
});

test.each([
  [socketCloseCodes.unauthorized, { name: "LatheProblem", status: 401, message: "Not you." }],
  [socketCloseCodes.wrongProtocol, { name: "ConnectionError", code: "wrong-protocol" }],
])("a close with %d is final", async (code, failure) => {
  await using server = await closingServer(code);
  using client = connect({ url: server.url, token, transport: "websocket", backoff });
  await expect(client.follow(conversationsStream, { id }).next()).rejects.toMatchObject(failure);
  await expect(client.call(modelsList)).rejects.toMatchObject(failure);
  expect(client.state.value).toEqual({ kind: "idle" });
});

test("a close because of a limit is not answered by coming again at once", async () => {
  const timers = new FakeTimers();
  await using server = await closingServer(socketCloseCodes.policy);
  const powers = { timers, random: () => 0, nowMs: () => timers.nowMs };
  using client = connect({ url: server.url, token, transport: "websocket", powers });
  const next = client.follow(conversationsStream, { id }).next();
  await expect.poll(() => client.state.value).toEqual({ kind: "waiting", untilMs: 5_000 });
  client.close();
  await expect(next).rejects.toMatchObject({ code: "closed" });
});

test("a socket that nobody needs is closed after a while, and opened again when somebody does", async () => {
  const timers = new FakeTimers();
  await using daemon = await TestDaemon.open();
  using client = connectTo(daemon, { powers: { timers, nowMs: () => timers.nowMs } });
  await client.call(modelsList);
  expect(client.state.value).toEqual({ kind: "open" });
  timers.pass(5_000);
  expect(client.state.value).toEqual({ kind: "idle" });
  await client.call(modelsList);
  expect(daemon.rules.acceptedCount).toBe(2);
});

test("what is no frame ends the connection, and is not shown", async () => {
  using server = await gibberingServer();
  using client = connect({ url: server.url, token, transport: "websocket", backoff });
  await expect(client.call(modelsList)).rejects.toMatchObject({ name: "ConnectionError", code: "not-lathe" });
});

test("an address that is none is told as such", async () => {
  using client = connect({ url: "http://:", token, transport: "websocket" });
  await expect(client.call(modelsList)).rejects.toMatchObject({ code: "unreachable" });
});

async function closingServer(code: number): Promise<AsyncDisposable & { readonly url: string }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) => socket.on("message", () => socket.close(code, "Not you.")));
  return { url: urlOf(server), [Symbol.asyncDispose]: async () => server.close() };
}

async function gibberingServer(): Promise<Disposable & { readonly url: string }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) => socket.on("message", () => socket.send("{")));
  return { url: urlOf(server), [Symbol.dispose]: () => server.close() };
}

function urlOf(server: WebSocketServer): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
