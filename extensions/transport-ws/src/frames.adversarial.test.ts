// Bytes, frames and JSON that no decent client would send. Whatever it is, others are served and nothing is changed.

import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { frame, openRaw, type RawSocket } from "./testing/raw-socket.ts";
import { openStage, type Stage, token } from "./testing/stage.ts";
import type { TestSocket } from "./testing/test-socket.ts";

let stage: Stage;
let witness: TestSocket;
const rejections: unknown[] = [];
const note = (reason: unknown): unknown => rejections.push(reason);

beforeAll(async () => {
  stage = await openStage({ config: { framesPerSecondMax: 100_000 } });
  witness = await stage.connect({ token });
  process.on("unhandledRejection", note);
});
afterAll(async () => {
  process.off("unhandledRejection", note);
  await stage[Symbol.asyncDispose]();
});
beforeEach(() => {
  stage.calls.seen.length = 0;
});

let askedCount = 0;
afterEach(async () => {
  askedCount += 1;
  const id = `witness-${askedCount}`;
  expect(await witness.ask({ type: "ping", id })).toEqual({ type: "pong", id });
  expect(rejections).toEqual([]);
});

/** What the daemon closes with for these bytes, which it has been sent behind a good hello. */
async function codeFor(...pieces: readonly Buffer[]): Promise<number | undefined> {
  using raw = await openRaw(stage.port, token);
  for (const piece of pieces) raw.write(piece);
  return await raw.closing();
}

describe("bytes", () => {
  test("Z1: each breach of the protocol has its close code", async () => {
    const text = { text: "x" };
    const breaches: readonly (readonly [string, number, readonly Buffer[]])[] = [
      ["not masked", 1002, [frame({ ...text, masked: false })]],
      ["reserved bits", 1002, [frame({ ...text, reserved: 1 })]],
      ["compressed without having agreed on it", 1002, [frame({ ...text, reserved: 4 })]],
      ["an unknown opcode", 1002, [frame({ ...text, opcode: 3 })]],
      ["an unknown control opcode", 1002, [frame({ ...text, opcode: 11 })]],
      ["a continuation of nothing", 1002, [frame({ ...text, opcode: 0 })]],
      ["a message within a message", 1002, [frame({ ...text, fin: false }), frame(text)]],
      ["a control frame in pieces", 1002, [frame({ ...text, opcode: 9, fin: false })]],
      ["a long control frame", 1002, [frame({ opcode: 9, payload: Buffer.alloc(126) })]],
      ["a close code of nobody", 1002, [frame({ opcode: 8, payload: Buffer.from([0, 1]) })]],
      ["half a close code", 1002, [frame({ opcode: 8, payload: Buffer.from([3]) })]],
      ["text that is no UTF-8", 1007, [frame({ payload: Buffer.from([0xc3, 0x28]) })]],
      ["a reason that is no UTF-8", 1007, [frame({ opcode: 8, payload: Buffer.from([3, 0xe8, 0xff]) })]],
      ["bytes", 1003, [frame({ opcode: 2, payload: Buffer.from("{}") })]],
      ["no bytes", 1003, [frame({ opcode: 2 })]],
    ];
    for (const [name, code, pieces] of breaches)
      expect([name, await codeFor(...pieces)]).toEqual([name, code]);
  });

  test("Z1: random bytes after a good handshake end in a close, or wait for more", async () => {
    const codes = new Set<number | undefined>();
    await fc.assert(
      fc.asyncProperty(fc.array(chunk(), { minLength: 1, maxLength: 8 }), async (pieces) => {
        using raw = await openRaw(stage.port, token);
        for (const piece of pieces) raw.write(piece);
        // Behind all of it, so that whatever it was is over.
        raw.write(frame({ text: "x", masked: false }));
        raw.socket.end();
        codes.add(await raw.closing());
      }),
      { numRuns: 150 },
    );
    const documented = [undefined, 1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009, 1011];
    expect([...codes].filter((code) => code === undefined || code < 3_000)).toSatisfy(
      (seen: readonly (number | undefined)[]) => seen.every((code) => documented.includes(code)),
    );
    expect(codes.has(1002)).toBe(true);
    expect(stage.calls.seen).toEqual([]);
  });

  test("C5s: a frame that is too large is refused before it is there, whole, in pieces and compressed", async () => {
    const large = 1_048_577;
    expect(await codeFor(frame({ announcedLength: large }))).toBe(1009);
    expect(await codeFor(frame({ announcedLength: 2 ** 40 }))).toBe(1009);
    expect(await codeFor(frame({ announcedLength: 2 ** 52 }))).toBe(1009);
    expect(await codeFor(frame({ announcedLength: Number.MAX_SAFE_INTEGER + 1 }))).toBe(1009);
    const piece = { fin: false, payload: Buffer.alloc(600_000, "x") };
    expect(await codeFor(frame(piece), frame({ ...piece, opcode: 0 }))).toBe(1009);
    using bomb = await openRaw(stage.port, token, ["Sec-WebSocket-Extensions: permessage-deflate"]);
    bomb.write(frame({ reserved: 4, payload: Buffer.alloc(1_000) }));
    expect(await bomb.closing()).toBe(1002);
    expect(stage.calls.seen).toEqual([]);
  });

  test("C5s: a frame of exactly the limit is read", async () => {
    using socket = await stage.connect({ token });
    const head = '{"type":"request","id":"1","operation":"notes.echo","input":{"text":"';
    const text = "x".repeat(1_048_576 - head.length - 3);
    socket.ws.send(`${head}${text}"}}`);
    const answer = await socket.find((one) => one.type === "response");
    expect(answer).toMatchObject({ output: { text } });
  });

  test("C3s: a message of very many pieces, of one byte each or of none, is given up with 1008", async () => {
    for (const payload of [Buffer.from("x"), Buffer.alloc(0)]) {
      using raw = await openRaw(stage.port, token);
      raw.write(frame({ fin: false, payload }));
      const pieces = Buffer.concat(
        Array.from({ length: 10_000 }, () => frame({ fin: false, opcode: 0, payload })),
      );
      raw.write(pieces);
      expect([payload.length, await raw.closing()]).toEqual([payload.length, 1008]);
    }
  });

  test("C4s: a frame that arrives in very many reads is given up with 1008", async () => {
    using raw = await openRaw(stage.port, token);
    raw.socket.setNoDelay(true);
    raw.write(frame({ announcedLength: 1_000_000 }));
    const flood = (async () => {
      while (!raw.socket.destroyed) {
        raw.write(Buffer.from("x"));
        // Each byte must be a read of its own.
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    expect(await raw.closing()).toBe(1008);
    await flood;
  });

  test("C4s: a flood of pings, or of frames, is cut off with 1008 at twice the rate", async () => {
    await using strict = await openStage({ config: { framesPerSecondMax: 20 } });
    for (const one of [
      frame({ opcode: 9 }),
      frame({ opcode: 10 }),
      frame({ text: '{"type":"ping","id":"1"}' }),
    ]) {
      using raw = await openRaw(strict.port, token);
      raw.write(Buffer.concat(Array.from({ length: 5_000 }, () => one)));
      expect(await raw.closing()).toBe(1008);
      const answers = raw.frames.filter(({ opcode }) => opcode !== 8);
      expect(answers.length).toBeLessThanOrEqual(41);
    }
  });

  test("C4s: pings whose pongs are not read do not pile up", async () => {
    using raw = await openRaw(stage.port, token);
    raw.socket.pause();
    const pings = Buffer.concat(
      Array.from({ length: 20_000 }, () => frame({ opcode: 9, payload: Buffer.alloc(125) })),
    );
    const memoryBefore = process.memoryUsage.rss();
    for (let round = 0; round < 5; round += 1) raw.write(pings);
    await expect.poll(() => stage.connectionCount()).toBe(1);
    expect(process.memoryUsage.rss() - memoryBefore).toBeLessThan(128 * 1_048_576);
  });

  test("C2s: a header of subprotocols that is all spaces is refused at once", async () => {
    const before = process.cpuUsage();
    const spaces = `Sec-WebSocket-Protocol: a${" ".repeat(14_000)}b`;
    await expect(openRaw(stage.port, token, [spaces])).rejects.toThrow("400");
    // A reader that looks at every space again for every space would need seconds.
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });

  test("H12s: a close frame holds its code and its reason, and nothing of the memory behind", async () => {
    using raw = await openRaw(stage.port, token);
    raw.write(frame({ opcode: 2 }));
    await raw.gone;
    const closing = raw.frames.find(({ opcode }) => opcode === 8);
    expect(String(closing?.payload.subarray(2))).toBe("Frames are JSON texts.");
  });
});

describe("JSON", () => {
  let raw: RawSocket;
  beforeEach(async () => {
    raw = await openRaw(stage.port, token);
  });
  afterEach(() => raw[Symbol.dispose]());

  async function answersTo(...texts: readonly string[]): Promise<readonly Record<string, unknown>[]> {
    for (const text of texts) raw.write(frame({ text }));
    raw.write(frame({ text: '{"type":"ping","id":"last"}' }));
    const read = (): readonly Record<string, unknown>[] =>
      raw.frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => JSON.parse(String(payload)));
    await raw.until(() => read().some(({ type, id }) => type === "pong" && id === "last"));
    return read().slice(1, -1);
  }

  test("Z2: whatever JSON comes is answered by one problem, and runs nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue({ maxDepth: 5 }), nearlyFrames()), async (value) => {
        using client = await openRaw(stage.port, token);
        raw = client;
        const answers = await answersTo(JSON.stringify(value));
        expect(answers).toMatchObject([{ type: "problem", problem: { status: expect.any(Number) } }]);
      }),
      { numRuns: 150 },
    );
    expect(stage.calls.seen).toEqual([]);
  });

  test("Z2: text that is not JSON, or that is nested without end, is a problem and costs nothing", async () => {
    const deep = (open: string, close: string): string => open.repeat(100_000) + close.repeat(100_000);
    const ask = '{"type":"request","id":"1","operation":"notes.echo","input":';
    const answers = await answersTo(
      "",
      "{",
      "nonsense",
      '{"type":"ping","id":"1"',
      deep("[", "]"),
      `${ask}{"text":"x","more":{"a":${deep("[", "]")}}}}`,
      `${ask}{"text":"x","more":${'{"a":'.repeat(70)}1${"}".repeat(70)}}}`,
      `${ask}{"text":"\\ud800"}}`,
      `${ask}{"text":1e999}}`,
    );
    expect(answers.map(({ problem }) => (problem as { readonly code: string }).code)).toEqual([
      "invalid-json",
      "invalid-json",
      "invalid-json",
      "invalid-json",
      "invalid-input",
      "invalid-input",
      "invalid-input",
      "invalid-input",
      "invalid-input",
    ]);
    expect(stage.calls.seen).toEqual([]);
  });

  test("Z2, C13s: keys of the prototype are names like any other, and pollute nothing", async () => {
    const keys = ["__proto__", "constructor", "prototype"];
    const answers = await answersTo(
      ...keys.map((key) => `{"type":"ping","id":"${key}","${key}":{"polluted":1}}`),
      ...keys.map(
        (key) =>
          `{"type":"request","id":"${key}","operation":"notes.echo","input":{"text":"x","${key}":{"polluted":1}}}`,
      ),
      '{"__proto__":{"type":"ping","id":"1"}}',
    );
    expect(answers.map(({ id, type }) => [id, type])).toEqual([
      ...[...keys, ...keys].map((key) => [key, "problem"]),
      [null, "problem"],
    ]);
    expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
    expect(stage.calls.seen).toEqual([]);
  });

  test("Z2: names and ids without end are a problem that does not repeat them", async () => {
    const long = "x".repeat(500_000);
    const answers = await answersTo(
      JSON.stringify({ type: long, id: "1" }),
      JSON.stringify({ type: "ping", id: long }),
      JSON.stringify({ type: "request", id: "1", operation: long }),
      JSON.stringify({ type: "request", id: "1", operation: "notes.echo", input: { text: "x", [long]: 1 } }),
      JSON.stringify({ type: "subscribe", id: "1", operation: "feed.follow", lastEventId: long }),
      JSON.stringify({ type: "request", id: "1", operation: "notes.echo", idempotencyKey: "" }),
    );
    expect(answers.map(({ type, id }) => [type, id])).toEqual([
      ["problem", "1"],
      ["problem", null],
      ["problem", "1"],
      ["problem", "1"],
      ["problem", "1"],
      ["problem", "1"],
    ]);
    for (const answer of answers) expect(JSON.stringify(answer).length).toBeLessThan(2_000);
  });
});

test("a client that says goodbye is answered in kind", async () => {
  const socket = await stage.connect({ token });
  await socket.find((one) => one.type === "welcome");
  socket.ws.close(4_321, "goodbye");
  expect(await socket.closed).toEqual({ code: 4_321, reason: "goodbye" });
  expect(socket.ws.readyState).toBe(WebSocket.CLOSED);
});

function chunk(): fc.Arbitrary<Buffer> {
  const payload = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const anyFrame = fc
    .record({
      opcode: fc.nat(15),
      fin: fc.boolean(),
      reserved: fc.constantFrom(0, 0, 0, 1, 4),
      masked: fc.constantFrom(true, true, true, false),
      payload,
    })
    .map(frame);
  return fc.oneof(payload, anyFrame, anyFrame);
}

/** Frames with something wrong about them. */
function nearlyFrames(): fc.Arbitrary<unknown> {
  const odd = fc.oneof(fc.constantFrom(0, "", null, [], {}), fc.jsonValue({ maxDepth: 1 }));
  const notText = odd.filter((value) => typeof value !== "string");
  return fc.oneof(
    fc.record({ type: fc.constant("request"), id: notText, operation: fc.constant("notes.echo") }),
    fc.record({ type: fc.constant("request"), id: fc.constant("1"), operation: notText }),
    fc.record({ type: fc.constant("subscribe"), id: fc.constant("1"), operation: fc.constant("notes.echo") }),
    fc.record({
      type: fc.constant("request"),
      id: fc.constant("1"),
      operation: fc.constant("notes.echo"),
      input: odd,
    }),
    fc.record({ type: fc.constant("unsubscribe"), stream: notText }),
    fc.record({ type: fc.constant("hello"), protocol: fc.string({ maxLength: 10 }) }),
    fc.record({ type: fc.string(), id: fc.string(), extra: odd }),
  );
}
