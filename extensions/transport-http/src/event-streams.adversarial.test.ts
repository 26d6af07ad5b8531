import { connect, type Socket } from "node:net";
import type { ConversationEvent, Entry, TextDelta } from "@lathe/kernel";
import { UnknownConversationError } from "@lathe/kernel";
import { defineOperation, ProblemError } from "@lathe/wire";
import { number, object, strictObject } from "valibot";
import { expect, test } from "vitest";
import { parseEvents, readUntil } from "./testing/read-events.ts";
import { authorization, openStage, type Stage, type StageStream } from "./testing/stage.ts";

const accept = { accept: "text/event-stream" };
const place = { conversationId: "cnv_1", turnId: "trn_1" };
const delta = (text: string): TextDelta => ({ ...place, stepId: "trn_1#0", type: "text-delta", text });
const entry = (seq: number): Entry => ({ ...place, type: "turn-sealed", seq, atMs: 1 });

async function openStream(
  stage: Stage,
  signal?: AbortSignal,
): Promise<{ response: Response; stream: StageStream }> {
  const response = await stage.request("/api/things/1/messages", {
    method: "POST",
    body: { text: "x" },
    headers: accept,
    ...(signal === undefined ? {} : { signal }),
  });
  return { response, stream: stage.streams.at(-1) as StageStream };
}

test("durable events carry their seq as id, transient ones and the end carry none", async () => {
  await using stage = await openStage();
  const { response, stream } = await openStream(stage);
  expect([
    response.status,
    response.headers.get("content-type"),
    response.headers.get("cache-control"),
  ]).toEqual([200, "text/event-stream", "no-store"]);
  const events: readonly ConversationEvent[] = [entry(7), delta("a"), entry(8)];
  for (const event of events) stream.send(event);
  stream.sink.end();
  const text = await readUntil(response);
  expect(parseEvents(text).map(({ type, data }) => [type, JSON.parse(data)])).toEqual([
    ...events.map((event) => [event.type, event]),
    ["end", {}],
  ]);
  expect(text.match(/^id: .*$/gm)).toEqual(["id: 7", "id: 8"]);
  expect(stream.stopCount()).toBe(1);
});

test("without the wish for events, the same operation answers with its output", async () => {
  await using stage = await openStage();
  for (const headers of [{}, { accept: "application/json" }, { accept: "*/*" }]) {
    const answer = await stage.request("/api/things/1/messages", {
      method: "POST",
      body: { text: "x" },
      headers,
    });
    expect([answer.status, await answer.json()]).toEqual([202, { seq: 1 }]);
  }
  expect(stage.streams.length).toBe(0);
});

test("C9s: text with line ends of every kind arrives as one event, unchanged", async () => {
  await using stage = await openStage();
  const { response, stream } = await openStream(stage);
  const text = "a\r\nb\rc\n\nd\u2028e\u2029f\u0085:g\u0000: data: x\n\nevent: evil\nid: 9\n\n";
  stream.send(delta(text));
  // A producer that prints its JSON over several lines does no harm either.
  stream.sink.event(delta(text), () => JSON.stringify(delta(text), null, 2).replaceAll("\n", "\r\n"));
  stream.sink.event(delta(text), () => JSON.stringify(delta(text), null, 2).replaceAll("\n", "\r"));
  stream.sink.end();
  const events = parseEvents(await readUntil(response));
  expect(events.map(({ type, lastEventId, data }) => [type, lastEventId, JSON.parse(data)])).toEqual([
    ["text-delta", "", delta(text)],
    ["text-delta", "", delta(text)],
    ["text-delta", "", delta(text)],
    ["end", "", {}],
  ]);
});

test("C8s: line ends in an event's type or position do not become fields", async () => {
  await using stage = await openStage();
  const { response, stream } = await openStream(stage);
  const forged = { ...entry(1), type: "x\nid: 99\r\ndata: evil\n\n", seq: "1\ndata: evil" };
  stream.send(forged as unknown as Entry);
  stream.sink.end();
  const text = await readUntil(response);
  expect(parseEvents(text)).toEqual([
    { type: "xid: 99data: evil", lastEventId: "", data: JSON.stringify(forged) },
    { type: "end", lastEventId: "", data: "{}" },
  ]);
  expect(text).not.toMatch(/^(retry|id):/m);
});

test("C10s, H2: a problem within the stream is one event with a code, then the end", async () => {
  await using stage = await openStage();
  const { response, stream } = await openStream(stage);
  stream.send(delta("a"));
  stream.sink.end(new ProblemError(410, "conversation-deleted", "The conversation is gone.").toProblem());
  stream.send(delta("too late"));
  stream.sink.end();
  const events = parseEvents(await readUntil(response));
  expect(events.map(({ type }) => type)).toEqual(["text-delta", "problem"]);
  expect(JSON.parse(events[1]?.data ?? "")).toMatchObject({ code: "conversation-deleted", status: 410 });
});

test("C10s, H2: what breaks before the stream is a problem document without the message, the path or the stack", async () => {
  const secret = "boom /home/user/.secret";
  const follows = {
    "follow.throws": () => {
      throw new Error(secret);
    },
    "start.throws": () => () => {
      throw new Error(secret);
    },
    "start.unknown": () => () => {
      throw new UnknownConversationError("cnv_1");
    },
  };
  const operations = Object.entries(follows).map(([name, follow]) =>
    defineOperation({
      name,
      summary: "Breaks.",
      scope: "read",
      rest: { method: "GET", path: `/api/${name}`, status: 200 },
      input: strictObject({}),
      output: object({ seq: number() }),
      problems: [],
      run: async () => ({ seq: 1 }),
      follow,
    }),
  );
  await using stage = await openStage({}, operations);
  for (const name of Object.keys(follows)) {
    const answer = await stage.request(`/api/${name}`, { headers: accept });
    const text = await answer.text();
    const expected = name === "start.unknown" ? [404, "unknown-conversation"] : [500, "internal"];
    expect([name, answer.status, JSON.parse(text).code]).toEqual([name, ...expected]);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(text).not.toMatch(/boom|secret|home|\.ts/);
  }
});

test("a stream that ended before it was opened is stopped all the same", async () => {
  let stopCount = 0;
  const early = defineOperation({
    name: "early.end",
    summary: "Ends at once.",
    scope: "read",
    rest: { method: "GET", path: "/api/early", status: 200 },
    input: strictObject({}),
    output: object({ seq: number() }),
    problems: [],
    run: async () => ({ seq: 1 }),
    follow: () => (sink) => {
      sink.event(entry(1), () => JSON.stringify(entry(1)));
      sink.end();
      return () => {
        stopCount += 1;
      };
    },
  });
  await using stage = await openStage({}, [early]);
  const answer = await stage.request("/api/early", { headers: accept });
  expect(parseEvents(await answer.text()).map(({ type }) => type)).toEqual(["turn-sealed", "end"]);
  expect(stopCount).toBe(1);
});

test("the head of a stream does not open it", async () => {
  const followed = defineOperation({
    name: "head.only",
    summary: "Follows.",
    scope: "read",
    rest: { method: "GET", path: "/api/followed", status: 200 },
    input: strictObject({}),
    output: object({ seq: number() }),
    problems: [],
    run: async () => ({ seq: 1 }),
    follow: () => {
      throw new Error("It must not be followed.");
    },
  });
  await using stage = await openStage({}, [followed]);
  const answer = await stage.request("/api/followed", { method: "HEAD", headers: accept });
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
});

test("S4: a client that goes away stops the telling, once, and the producer may go on talking", async () => {
  await using stage = await openStage();
  const leave = new AbortController();
  const { response, stream } = await openStream(stage, leave.signal);
  stream.send(delta("a"));
  await readUntil(response, (text) => text.includes("text-delta")).catch(() => "");
  leave.abort();
  await expect.poll(() => stream.stopCount()).toBe(1);
  stream.send(delta("b"));
  stream.sink.end();
  expect(stream.stopCount()).toBe(1);
  expect(stage.calls.map(({ call }) => call.signal.aborted)).toEqual([true]);
});

test("S4: who leaves before the work was admitted is not told of it, and the work is done", async () => {
  let admit = (): void => {};
  let followCount = 0;
  let done = false;
  const slow = defineOperation({
    name: "slow.send",
    summary: "Takes its time.",
    scope: "write",
    rest: { method: "POST", path: "/api/slow", status: 202 },
    input: strictObject({}),
    output: object({ seq: number() }),
    problems: [],
    run: async () => {
      await new Promise<void>((resolve) => {
        admit = resolve;
      });
      done = true;
      return { seq: 1 };
    },
    follow: () => {
      followCount += 1;
      return () => () => {};
    },
  });
  await using stage = await openStage({}, [slow]);
  const leave = new AbortController();
  const asked = stage.request("/api/slow", { method: "POST", headers: accept, signal: leave.signal });
  await expect.poll(() => stage.calls.length).toBe(1);
  leave.abort();
  await expect(asked).rejects.toThrow();
  await expect.poll(() => stage.calls[0]?.call.signal.aborted).toBe(true);
  admit();
  await expect.poll(() => done).toBe(true);
  expect((await stage.request("/api/things")).status).toBe(200);
  expect(followCount).toBe(0);
});

function neverRead(stage: Stage): Socket {
  const socket = connect(stage.port, "127.0.0.1");
  // It may be cut while bytes of it are on their way.
  socket.on("error", () => undefined);
  const body = '{"text":"x"}';
  const lines = [
    `Host: 127.0.0.1:${stage.port}`,
    `Authorization: ${authorization}`,
    "Accept: text/event-stream",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
  ];
  socket.write(`POST /api/things/1/messages HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
  socket.pause();
  return socket;
}

test("C6s: a client that never reads is let go at the bound, and the producer is never held up", async () => {
  await using stage = await openStage({ unsentBytesMax: 100_000, closeGraceMs: 100 });
  const socket = neverRead(stage);
  await expect.poll(() => stage.streams.length).toBe(1);
  const stream = stage.streams[0] as StageStream;
  let sentCount = 0;
  // What the kernel takes is not Lathe's memory; beyond that only the bound may wait.
  for (; stream.stopCount() === 0 && sentCount < 20_000; sentCount += 1)
    stream.send(delta("x".repeat(10_000)));
  expect(stream.stopCount()).toBe(1);
  expect(sentCount).toBeLessThan(20_000);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.resume();
  await closed;
  expect((await stage.request("/api/things")).status).toBe(200);
});

test("a burst that is larger than the bound is no sign of a slow client", async () => {
  await using stage = await openStage({ unsentBytesMax: 20_000 });
  const { response, stream } = await openStream(stage);
  for (let seq = 1; seq <= 40; seq += 1)
    stream.sink.event(entry(seq), () => JSON.stringify({ ...entry(seq), pad: "x".repeat(5_000) }));
  expect(stream.stopCount()).toBe(0);
  stream.sink.end();
  expect(parseEvents(await readUntil(response)).map(({ type }) => type)).toEqual([
    ...Array.from({ length: 40 }, () => "turn-sealed"),
    "end",
  ]);
});

test("G10: a replay that asks waits for a client that does not read, which is not let go for it", async () => {
  await using stage = await openStage({ unsentBytesMax: 400_000 });
  const socket = neverRead(stage);
  await expect.poll(() => stage.streams.length).toBe(1);
  const { sink, send, stopCount } = stage.streams[0] as StageStream;
  let sentCount = 0;
  const sendUntilFull = (): Promise<void> => {
    for (; ; sentCount += 1) {
      const full = sink.ready?.();
      if (full !== undefined) return full;
      send(delta("x".repeat(10_000)));
    }
  };
  const waits = sendUntilFull();
  expect(stopCount()).toBe(0);
  socket.resume();
  await waits;
  const sentBefore = sentCount;
  void sendUntilFull();
  expect(sentCount).toBeGreaterThan(sentBefore);
  socket.destroy();
  await expect.poll(stopCount).toBe(1);
  expect(sink.ready?.()).toBeUndefined();
});

test("L-6: a long replay lets everybody else have their turn again and again", async () => {
  await using stage = await openStage();
  const { response, stream } = await openStream(stage);
  let turnCount = 0;
  let isOver = false;
  const countTurns = (): void => {
    turnCount += 1;
    if (!isOver) setImmediate(countTurns);
  };
  countTurns();
  const text = readUntil(response);
  for (let seq = 1; seq <= 2_000; seq += 1) {
    await stream.sink.ready?.();
    stream.sink.event(entry(seq), () => JSON.stringify({ ...entry(seq), pad: "x".repeat(1_000) }));
  }
  isOver = true;
  expect(turnCount).toBeGreaterThan(2_000_000 / 65_536 / 2);
  stream.sink.end();
  expect(parseEvents(await text).length).toBe(2_001);
});

test("a replay that waits for its client is let go when the client leaves", async () => {
  await using stage = await openStage({ unsentBytesMax: 400_000 });
  const socket = neverRead(stage);
  await expect.poll(() => stage.streams.length).toBe(1);
  const { sink, send } = stage.streams[0] as StageStream;
  let full: Promise<void> | undefined;
  for (let count = 0; count < 20_000 && full === undefined; count += 1) {
    send(delta("x".repeat(10_000)));
    full = sink.ready?.();
  }
  expect(full).toBeDefined();
  socket.destroy();
  await full;
});

test("a client that reads loses nothing to the bound: what was sent before the end arrives", async () => {
  await using stage = await openStage({ unsentBytesMax: 100_000 });
  const { response, stream } = await openStream(stage);
  let lastSeq = 0;
  while (stream.stopCount() === 0 && lastSeq < 20_000) {
    lastSeq += 1;
    stream.sink.event(entry(lastSeq), () => JSON.stringify({ ...entry(lastSeq), pad: "x".repeat(10_000) }));
  }
  const seqs = parseEvents(await readUntil(response)).map(({ lastEventId }) => Number(lastEventId));
  // The one that met the bound is not sent; the client asks for it by the last seq that it has.
  expect(seqs).toEqual(Array.from({ length: lastSeq - 1 }, (_, at) => at + 1));
});

test("a silent stream is kept alive by comments, which are no events", async () => {
  await using stage = await openStage({ pingIntervalMs: 20 });
  const { response, stream } = await openStream(stage);
  const text = await readUntil(response, (sofar) => sofar.split(": ping\n\n").length > 3);
  expect(parseEvents(text)).toEqual([]);
  await expect.poll(() => stream.stopCount()).toBe(1);
});

test("when the daemon closes, streams are cut off between two events, without an end, and the close does not wait for their clients", async () => {
  const stage = await openStage();
  const { response, stream } = await openStream(stage);
  stream.send(entry(1));
  const read = readUntil(response);
  await stage.host.close();
  expect(parseEvents(await read).map(({ type }) => type)).toEqual(["turn-sealed"]);
  expect(stream.stopCount()).toBe(1);
});

test("the address of a stream gives events to whoever does not ask for JSON by name", async () => {
  const followed = defineOperation({
    name: "things.stream",
    summary: "Follows.",
    scope: "read",
    rest: { method: "GET", path: "/api/followed", status: 200, stream: true },
    input: strictObject({}),
    output: object({ seq: number() }),
    problems: [],
    run: async () => ({ seq: 1 }),
    follow: () => (sink) => {
      queueMicrotask(() => sink.end());
      return () => {};
    },
  });
  await using stage = await openStage({}, [followed]);
  for (const wish of ["*/*", "text/event-stream", "text/html", "application/json, text/event-stream"]) {
    const answer = await stage.request("/api/followed", { headers: { accept: wish } });
    expect(parseEvents(await answer.text())).toEqual([{ type: "end", lastEventId: "", data: "{}" }]);
  }
  const answer = await stage.request("/api/followed", { headers: { accept: "application/json" } });
  expect(await answer.json()).toEqual({ seq: 1 });
});

test("G8: where all of it is over and known, the answer is 204, so that no client comes again", async () => {
  const over = defineOperation({
    name: "things.stream",
    summary: "Follows.",
    scope: "read",
    rest: { method: "GET", path: "/api/followed", status: 200, stream: true },
    input: strictObject({}),
    output: object({ seq: number() }),
    problems: [],
    run: async () => ({ seq: 1 }),
    follow: () => undefined,
  });
  await using stage = await openStage({}, [over]);
  const answer = await stage.request("/api/followed", { headers: accept });
  expect([answer.status, await answer.text()]).toEqual([204, ""]);
});
