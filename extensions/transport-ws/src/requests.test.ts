// What a client asks, and what it is answered.
import { defineOperation, type ServerFrame } from "@lathe/wire";
import { strictObject, unknown } from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStage, type Stage } from "./testing/stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const codeOf = (frame: ServerFrame): unknown =>
  frame.type === "problem" ? [frame.id, frame.problem.status, frame.problem.code] : frame;

test("a hello is answered with who one is and what one may, and a request with what the operation gives", async () => {
  using socket = await stage.connect();
  expect(await socket.find((frame) => frame.type === "welcome")).toEqual({
    type: "welcome",
    protocol: "0.1.0",
    principal: { id: "owner", scopes: ["public", "read", "write", "admin"] },
    limits: { frameBytesMax: 1_048_576, subscriptionCountMax: 256, framesPerSecondMax: 200 },
    heartbeatMs: 30_000,
  });
  const answer = await socket.ask({
    type: "request",
    id: "1",
    operation: "notes.echo",
    input: { text: "héllo\u2028 \u{1f600}", count: 2 },
  });
  expect(answer).toEqual({
    type: "response",
    id: "1",
    output: { text: "héllo\u2028 \u{1f600}".repeat(2), by: "owner" },
  });
  expect(await socket.ask({ type: "request", id: "2", operation: "notes.erase" })).toEqual({
    type: "response",
    id: "2",
    output: null,
  });
  expect(await socket.ask({ type: "ping", id: "3" })).toEqual({ type: "pong", id: "3" });
});

test("a page without the header says by its hello who it is", async () => {
  using socket = await stage.connect({ token: "reader-1" });
  const welcome = await socket.find((frame) => frame.type === "welcome");
  expect(welcome).toMatchObject({ principal: { id: "reader-1", scopes: ["public", "read"] } });
});

test("what is refused was not run, and says why as HTTP does", async () => {
  using socket = await stage.connect({ token: "reader-1" });
  const ask = async (operation: string, input?: object): Promise<unknown> =>
    socket.ask({
      type: "request",
      id: "1",
      operation,
      ...(input === undefined ? {} : { input: { ...input } }),
    });
  expect(codeOf((await ask("notes.none")) as ServerFrame)).toEqual(["1", 404, "unknown-operation"]);
  for (const name of ["__proto__", "constructor", "toString"]) {
    socket.frames.length = 0;
    expect(codeOf((await ask(name)) as ServerFrame)).toEqual(["1", 404, "unknown-operation"]);
  }
  socket.frames.length = 0;
  expect(codeOf((await ask("notes.erase")) as ServerFrame)).toEqual(["1", 403, "forbidden"]);
  socket.frames.length = 0;
  expect(await ask("notes.echo", { count: 0, colour: "red" })).toEqual({
    type: "problem",
    id: "1",
    problem: {
      type: "urn:lathe:problem:invalid-input",
      title: "invalid input",
      status: 400,
      code: "invalid-input",
      detail: "The input is not valid: see `text`, `count`, `colour`.",
      errors: [
        { field: "text", message: "It is required." },
        { field: "count", message: "Invalid value: Expected >=1 but received 0." },
        { field: "colour", message: "There is no such field." },
      ],
    },
  });
  expect(stage.calls.seen).toEqual([]);
});

test("a handler's problem is told, and what else it throws, or cannot be said in JSON, is internal", async () => {
  using socket = await stage.connect();
  expect(await socket.ask({ type: "request", id: "1", operation: "notes.refuse" })).toMatchObject({
    type: "problem",
    problem: { status: 409, code: "note-exists", errors: [{ field: "text", message: "It is taken." }] },
  });
  for (const [id, input] of [
    ["2", {}],
    ["3", { how: "circle" }],
  ] as const) {
    const answer = await socket.ask({ type: "request", id, operation: "notes.break", input });
    expect(codeOf(answer)).toEqual([id, 500, "internal"]);
    expect(JSON.stringify(answer)).not.toContain("secret");
  }
  expect(JSON.stringify(stage.host.records)).toContain("a secret of the inside");
});

test("the caller's key, last position and principal reach the operation", async () => {
  using socket = await stage.connect();
  await socket.ask({
    type: "subscribe",
    id: "1",
    operation: "feed.follow",
    input: { name: "a" },
    idempotencyKey: "key-1",
    lastEventId: "7",
  });
  expect(stage.calls.seen).toMatchObject([
    { input: { name: "a" }, call: { principal: { id: "owner" }, idempotencyKey: "key-1", lastEventId: "7" } },
  ]);
});

test("requests are answered as they come to an end, and a slow one holds up no other", async () => {
  using socket = await stage.connect();
  socket.send({ type: "request", id: "slow", operation: "notes.wait" });
  await socket.ask({ type: "request", id: "quick", operation: "notes.echo", input: { text: "x" } });
  stage.calls.gate.resolve();
  await socket.find((frame) => frame.type === "response" && frame.id === "slow");
  expect(socket.frames.flatMap((frame) => ("id" in frame ? [frame.id] : []))).toEqual(["quick", "slow"]);
});

test("a call is told when its socket is gone, and its work goes on", async () => {
  const socket = await stage.connect();
  socket.send({ type: "request", id: "1", operation: "notes.wait" });
  await expect.poll(() => stage.calls.seen.length).toBe(1);
  const signal = stage.calls.seen[0]?.call.signal;
  expect(signal?.aborted).toBe(false);
  socket.ws.close(1000);
  expect((await socket.closed).code).toBe(1000);
  await expect.poll(() => signal?.aborted).toBe(true);
  stage.calls.gate.resolve();
  await stage.calls.gate.promise;
});

test("more requests at once than are taken are refused, and taken again when one has been answered", async () => {
  await using narrow = await openStage({ config: { requestCountMax: 2 } });
  using socket = await narrow.connect();
  socket.send({ type: "request", id: "1", operation: "notes.wait" });
  socket.send({ type: "request", id: "2", operation: "notes.wait" });
  const third = await socket.ask({ type: "request", id: "3", operation: "notes.wait" });
  expect(codeOf(third)).toEqual(["3", 429, "too-many-requests"]);
  narrow.calls.gate.resolve();
  await socket.find((frame) => frame.type === "response" && frame.id === "2");
  const answer = await socket.ask({ type: "request", id: "4", operation: "notes.wait" });
  expect(answer.type).toBe("response");
});

test("an operation that is contributed later can be asked, and one that has gone cannot", async () => {
  using socket = await stage.connect();
  const later = defineOperation({
    name: "later.ask",
    summary: "Comes later.",
    scope: "read",
    rest: { method: "GET", path: "/api/later", status: 200 },
    input: strictObject({}),
    output: unknown(),
    problems: [],
    run: async () => "here",
  });
  const ask = async (id: string): Promise<unknown> =>
    codeOf(await socket.ask({ type: "request", id, operation: "later.ask" }));
  expect(await ask("1")).toEqual(["1", 404, "unknown-operation"]);
  const release = stage.contribute(later);
  expect(await ask("2")).toEqual({ type: "response", id: "2", output: "here" });
  await release();
  expect(await ask("3")).toEqual(["3", 404, "unknown-operation"]);
});

test("B5: two clients that interleave 10,000 requests each receive their own answers alone", async () => {
  await using busy = await openStage({ config: { framesPerSecondMax: 100_000, requestCountMax: 10_000 } });
  using one = await busy.connect({ token: "reader-one" });
  using other = await busy.connect({ token: "reader-other" });
  const countEach = 5_000;
  for (let at = 0; at < countEach; at += 1) {
    for (const [socket, name] of [
      [one, "one"],
      [other, "other"],
    ] as const)
      socket.send({
        type: "request",
        id: String(at),
        operation: "notes.echo",
        input: { text: `canary-of-${name}-${at}` },
      });
  }
  for (const [socket, name] of [
    [one, "one"],
    [other, "other"],
  ] as const) {
    await socket.find((frame) => frame.type === "response" && frame.id === String(countEach - 1));
    const answers = socket.frames.filter((frame) => frame.type === "response");
    expect(answers.length).toBe(countEach);
    const foreign = answers.filter(
      ({ id, output }) =>
        JSON.stringify(output) !== JSON.stringify({ text: `canary-of-${name}-${id}`, by: `reader-${name}` }),
    );
    expect(foreign).toEqual([]);
  }
});
