// How sockets begin, stay and end, in every order that is not the polite one.
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRaw } from "./testing/raw-socket.ts";
import { openStage, type Stage, token } from "./testing/stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const page = { token: null } as const;

describe("the hello", () => {
  test("none in time closes the socket with 4401", async () => {
    await using slow = await openStage({ fakeTime: true });
    using socket = await slow.connect(page);
    await slow.host.timers.advance(9_999);
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    await slow.host.timers.advance(1);
    expect((await socket.closed).code).toBe(4401);
  });

  test("nobody's token, no token, and a wrong one beside a good header close it with 4401", async () => {
    const authorization = `Bearer ${token}`;
    for (const how of [
      { token: "wrong" },
      { token: undefined },
      { token: "" },
      { token: "wrong", headers: { authorization } },
    ]) {
      using socket = await stage.connect(how as Parameters<Stage["connect"]>[0]);
      expect([how, (await socket.closed).code, socket.frames]).toEqual([how, 4401, []]);
    }
  });

  test("another protocol closes it with 4406 and the daemon's version", async () => {
    for (const protocol of ["1.0.0", "", "0", "v0.1.0", "00.1", "-0.1.0", "NaN"]) {
      using socket = await stage.connect({ headers: { authorization: `Bearer ${token}` }, token: null });
      socket.send({ type: "hello", protocol });
      const { code, reason } = await socket.closed;
      expect([protocol, code, reason]).toEqual([protocol, 4406, "This daemon speaks the protocol 0.1.0."]);
    }
  });

  test("a newer minor version is spoken with", async () => {
    using socket = await stage.connect({ token: null });
    socket.send({ type: "hello", protocol: "0.99.3", token });
    await socket.find((frame) => frame.type === "welcome");
  });

  test("anything else first closes it with 1008, and nothing is run", async () => {
    const request = { type: "request", id: "1", operation: "notes.erase" };
    for (const first of [request, { type: "ping", id: "1" }, {}, "nonsense", [], { type: "hello" }]) {
      using socket = await stage.connect({ headers: { authorization: `Bearer ${token}` }, token: null });
      socket.send(first as object);
      expect([first, (await socket.closed).code, socket.frames]).toEqual([first, 1008, []]);
    }
    expect(stage.calls.seen).toEqual([]);
  });

  test("said a second time it changes nothing", async () => {
    using socket = await stage.connect({ token: "reader-1" });
    socket.send({ type: "hello", protocol: "0.1.0", token });
    await socket.find((frame) => frame.type === "problem" && frame.problem.code === "unexpected-hello");
    const answer = await socket.ask({ type: "request", id: "1", operation: "notes.erase" });
    expect(answer).toMatchObject({ problem: { code: "forbidden" } });
  });
});

describe("the session", () => {
  test("B3: streams and socket end with the token, at once, and a new hello is not heard", async () => {
    using socket = await stage.connect({ token: "reader-1" });
    using other = await stage.connect({ token: "reader-2" });
    for (const one of [socket, other]) {
      await one.ask({ type: "subscribe", id: "1", operation: "feed.follow", input: { name: "a" } });
    }
    const feed = stage.feed("a");
    feed.append("before");
    await socket.find((frame) => frame.type === "event");
    stage.revoke("reader-1");
    feed.append("after");
    expect(await socket.closed).toEqual({ code: 4401, reason: "The token is no longer good." });
    await expect.poll(() => other.seqs("feed:a")).toEqual([1, 2]);
    expect([socket.seqs("feed:a"), feed.followerCount]).toEqual([[1], 1]);
    using again = await stage.connect({ token: "reader-1" });
    expect((await again.closed).code).toBe(4401);
  });

  test("B3: one who does not read is cut within 5 s of the end of his token", async () => {
    await using still = await openStage({ fakeTime: true });
    using socket = await still.connect({ token: "reader-1" });
    await socket.find((frame) => frame.type === "welcome");
    socket.ws.pause();
    still.revoke("reader-1");
    await still.host.timers.advance(5_000);
    await expect.poll(() => still.connectionCount()).toBe(0);
  });

  test("B3: a token that ends between the upgrade and the hello opens nothing", async () => {
    using socket = await stage.connect({ headers: { authorization: "Bearer reader-1" }, token: null });
    stage.revoke("reader-1");
    socket.send({ type: "hello", protocol: "0.1.0" });
    expect((await socket.closed).code).toBe(4401);
  });
});

describe("the heartbeat", () => {
  test("F20: a socket that answers nothing is cut after 60 s, and another lives on", async () => {
    await using still = await openStage({ fakeTime: true });
    using frozen = await openRaw(still.port, token);
    frozen.socket.pause();
    using alive = await still.connect({ token });
    await alive.find((frame) => frame.type === "welcome");
    for (const id of ["1", "2"]) {
      await still.host.timers.advance(20_000);
      await alive.ask({ type: "ping", id });
    }
    await still.host.timers.advance(19_999);
    expect(still.connectionCount()).toBe(2);
    await still.host.timers.advance(1);
    await expect.poll(() => still.connectionCount()).toBe(1);
    expect(await alive.ask({ type: "ping", id: "last" })).toEqual({ type: "pong", id: "last" });
  });

  test("F16: a daemon that stood still for longer than that cuts nobody for it", async () => {
    await using busy = await openStage({ config: { heartbeatMs: 100 } });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => busy.connect({ token })));
    for (const socket of sockets) await socket.find((frame) => frame.type === "welcome");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    const pings = sockets.map(async ({ ws }) => {
      for (let count = 0; count < 4; count += 1) await once(ws, "ping");
    });
    await Promise.race([Promise.all(pings), ...sockets.map(({ closed }) => closed)]);
    expect(busy.connectionCount()).toBe(20);
    for (const socket of sockets) socket.ws.terminate();
  });

  test("F20: the run that a cut socket follows goes on", async () => {
    await using still = await openStage({ fakeTime: true });
    using socket = await still.connect({ token });
    await socket.ask({ type: "subscribe", id: "1", operation: "feed.follow", input: { name: "a" } });
    socket.send({ type: "request", id: "2", operation: "notes.wait" });
    await expect.poll(() => still.calls.seen.length).toBe(2);
    socket.ws.pause();
    await still.host.timers.advance(60_000);
    await expect.poll(() => still.connectionCount()).toBe(0);
    expect([still.feed("a").followerCount, still.calls.seen[1]?.call.signal.aborted]).toEqual([0, true]);
    still.calls.gate.resolve();
    still.feed("a").append("it goes on");
    using again = await still.connect({ token });
    await again.ask({ type: "subscribe", id: "1", operation: "feed.follow", input: { name: "a" } });
    await expect.poll(() => again.seqs("feed:a")).toEqual([1]);
  });

  test("a client that answers pings stays, however long it says nothing", async () => {
    await using still = await openStage({ fakeTime: true });
    using socket = await still.connect({ token });
    await socket.find((frame) => frame.type === "welcome");
    for (let beat = 0; beat < 5; beat += 1) {
      const pinged = once(socket.ws, "ping");
      await still.host.timers.advance(30_000);
      await pinged;
      // Behind its pong.
      await socket.ask({ type: "ping", id: String(beat) });
    }
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
  });
});

describe("the end", () => {
  test("a closing daemon sends everybody away with 1001, waits for them, and leaves nothing behind", async () => {
    const closing = await openStage();
    const sockets = await Promise.all([1, 2, 3].map(() => closing.connect({ token })));
    for (const socket of sockets)
      await socket.ask({ type: "subscribe", id: "1", operation: "feed.follow", input: { name: "a" } });
    const closed = closing[Symbol.asyncDispose]();
    for (const socket of sockets) expect((await socket.closed).code).toBe(1001);
    await closed;
    expect([closing.feed("a").followerCount, closing.connectionCount()]).toEqual([0, 0]);
  });

  test("a closing daemon does not wait longer than its grace for one who does not answer", async () => {
    const closing = await openStage({ config: { closeGraceMs: 50 } });
    using frozen = await openRaw(closing.port, token);
    frozen.socket.pause();
    using paused = await closing.connect({ token });
    await paused.find((frame) => frame.type === "welcome");
    paused.ws.pause();
    await closing[Symbol.asyncDispose]();
    expect(closing.connectionCount()).toBe(0);
  });

  test("a socket that is cut at any moment leaves no stream and no call behind", async () => {
    for (let at = 0; at < 30; at += 1) {
      const socket = await stage.connect({ token });
      socket.send({ type: "subscribe", id: "1", operation: "feed.follow", input: { name: "a" } });
      socket.send({ type: "request", id: "2", operation: "notes.wait" });
      if (at % 3 === 1) await socket.find((frame) => frame.type === "subscribed");
      if (at % 3 === 2) stage.feed("a").append("x");
      if (at % 2 === 0) socket.ws.terminate();
      else socket.ws.close();
      await socket.closed;
    }
    await expect.poll(() => stage.connectionCount()).toBe(0);
    expect(stage.feed("a").followerCount).toBe(0);
    expect(stage.calls.seen.every(({ call }) => call.signal.aborted)).toBe(true);
  });

  test("one socket more than are taken is refused before it is one", async () => {
    await using narrow = await openStage({ config: { connectionCountMax: 2 } });
    using first = await narrow.connect({ token });
    using second = await narrow.connect({ token });
    await expect(narrow.connect({ token })).rejects.toThrow("503");
    first.ws.close();
    await first.closed;
    using third = await narrow.connect({ token });
    await third.find((frame) => frame.type === "welcome");
    await second.ask({ type: "ping", id: "1" });
  });
});
