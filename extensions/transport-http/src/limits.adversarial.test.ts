// Bodies and connections that mean harm: too large, too slow, too deep, cut off, or never ending.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { exchange, type RawAnswer, readAnswer } from "./testing/raw-exchange.ts";
import { authorization, openStage, type Stage } from "./testing/stage.ts";

let stage: Stage;
let permit: readonly string[] = [];
const json = "Content-Type: application/json";

beforeAll(async () => {
  stage = await openStage({ bodyBytesMax: 100_000 });
  permit = [`Host: 127.0.0.1:${stage.port}`, `Authorization: ${authorization}`];
});
afterAll(() => stage[Symbol.asyncDispose]());

let ranBefore = 0;
afterEach(() => {
  ranBefore = stage.calls.length;
});
const ran = (): number => stage.calls.length - ranBefore;
const codeOf = (answer: RawAnswer): unknown => [answer.status, JSON.parse(answer.body).code];
const post = (headers: readonly string[], body: string): Promise<RawAnswer> =>
  exchange(stage.port, { method: "POST", headers: [...permit, json, ...headers], body });
const postText = (body: string): Promise<Response> => stage.request("/api/things", { method: "POST", body });

describe("the size of a body", () => {
  test("C12s: a body that is announced over the limit is refused at its head", async () => {
    expect(codeOf(await post(["Content-Length: 100001"], ""))).toEqual([413, "body-too-large"]);
    expect(codeOf(await post(["Content-Length: 99999999999999999999"], ""))).toEqual([
      400,
      "malformed-request",
    ]);
    expect(ran()).toBe(0);
  });

  test("C12s, H1: a chunked body over the limit is refused when it gets there, and the connection closed", async () => {
    const chunk = `${(50_000).toString(16)}\r\n${" ".repeat(50_000)}\r\n`;
    const answer = await post(["Transfer-Encoding: chunked"], chunk.repeat(3));
    expect([codeOf(answer), answer.headers.get("connection")]).toEqual([[413, "body-too-large"], "close"]);
    expect(ran()).toBe(0);
  });

  test("C12s: a client that sends a large body before it listens still learns why it was refused", async () => {
    const answer = await postText(JSON.stringify({ text: "x".repeat(150_000) }));
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      413,
      "body-too-large",
    ]);
    expect(ran()).toBe(0);
  });

  test("a body of exactly the limit is taken", async () => {
    const frame = JSON.stringify({ text: "" }).length;
    expect((await postText(JSON.stringify({ text: "x".repeat(100_000 - frame) }))).status).toBe(201);
    expect((await postText(JSON.stringify({ text: "x".repeat(100_001 - frame) }))).status).toBe(413);
    expect(ran()).toBe(1);
  });

  test("C12s, H1: two ways to say how long a body is are refused", async () => {
    const chunked = "0\r\n\r\n";
    const pairs = [
      ["Content-Length: 5", "Transfer-Encoding: chunked"],
      ["Transfer-Encoding: chunked", "Content-Length: 5"],
      ["Content-Length: 5", "Content-Length: 6"],
      ["Content-Length: 5, 6"],
      ["Content-Length: +5"],
      ["Content-Length: -5"],
      ["Transfer-Encoding: chunked, identity"],
      ["Transfer-Encoding: xchunked"],
    ];
    for (const pair of pairs) {
      const answer = await post(pair, chunked);
      expect([pair, codeOf(answer)]).toEqual([pair, [400, "malformed-request"]]);
    }
    expect(ran()).toBe(0);
  });

  test("C12s: a body that ends early runs nothing, and the server goes on", async () => {
    const socket = connect(stage.port, "127.0.0.1");
    socket.write(
      `POST /api/things HTTP/1.1\r\n${[...permit, json, "Content-Length: 500"].join("\r\n")}\r\n\r\n{"text":"half`,
    );
    await once(socket, "connect");
    socket.destroy();
    expect((await postText('{"text":"whole"}')).status).toBe(201);
    expect(stage.calls.slice(ranBefore).map(({ input }) => input)).toEqual([{ text: "whole" }]);
  });

  test("a body is asked for only when it is wanted", async () => {
    const body = '{"text":"x"}';
    const socket = connect(stage.port, "127.0.0.1");
    const head = [...permit, json, "Expect: 100-continue", `Content-Length: ${body.length}`];
    socket.write(`POST /api/things HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`);
    const [first] = (await once(socket, "data")) as [Buffer];
    expect(String(first)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write(body);
    expect((await readAnswer(socket)).status).toBe(201);
    socket.destroy();
    const unwanted = await post(["Expect: 100-continue", "Content-Length: 100001"], "");
    expect([unwanted.status, ran()]).toEqual([413, 1]);
  });
});

describe("what a body holds", () => {
  async function refusal(body: string): Promise<unknown> {
    const before = process.cpuUsage();
    const answer = await postText(body);
    const { user: tookUs } = process.cpuUsage(before);
    const problem = (await answer.json()) as { code: string; errors?: readonly { field: string }[] };
    // Far above what it takes, far below what a quadratic reader would need.
    expect(tookUs).toBeLessThan(2_000_000);
    return [answer.status, problem.code, problem.errors?.[0]?.field];
  }

  test("C12s: JSON that is broken is a 400 that does not repeat it", async () => {
    for (const body of [
      "{",
      '{"text":',
      "{'text':1}",
      '{"text":"a" secret}',
      "nul",
      "\0",
      '{"text":"\n"}',
      "\ufffe{}",
    ]) {
      const answer = await postText(body);
      const text = await answer.text();
      expect([body, answer.status, JSON.parse(text).code]).toEqual([body, 400, "invalid-json"]);
      expect(text).not.toContain("secret");
    }
    expect(ran()).toBe(0);
  });

  test("C12s: bytes that are no UTF-8 are a 400", async () => {
    const answer = await fetch(`${stage.url}/api/things`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: Buffer.from([0x7b, 0x22, 0x74, 0xff, 0xfe, 0x22, 0x7d]),
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code, ran()]).toEqual([
      400,
      "invalid-json",
      0,
    ]);
  });

  test("C12s: JSON may be 64 levels deep and not more, however deep it goes", async () => {
    const nested = (levels: number): string =>
      `{"text":"x","extra":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect((await postText(nested(63))).status).toBe(201);
    expect(await refusal(nested(64))).toEqual([400, "invalid-input", expect.stringMatching(/^extra\.0\.0/)]);
    expect(await refusal(nested(49_000))).toEqual([400, "invalid-input", expect.any(String)]);
    expect(await refusal("[".repeat(100_000))).toEqual([400, "invalid-json", undefined]);
    expect(await refusal('{"a":'.repeat(15_000))).toEqual([400, "invalid-json", undefined]);
    expect(ran()).toBe(1);
  });

  test("C12s: many keys, many errors and huge numbers are a 400 that names a field", async () => {
    const keys = Array.from({ length: 9_000 }, (_, at) => `"k${at}":1`).join();
    expect(await refusal(`{"text":"x",${keys}}`)).toEqual([400, "invalid-input", "k0"]);
    expect(await refusal('{"text":"x","count":1e400}')).toEqual([400, "invalid-input", "count"]);
    expect(await refusal('{"text":"x","extra":[[-1e400]]}')).toEqual([400, "invalid-input", "extra.0.0"]);
    expect(await refusal(`{"text":"x","${"k".repeat(90_000)}":1}`)).toEqual([
      400,
      "invalid-input",
      `${"k".repeat(200)}...`,
    ]);
    expect(ran()).toBe(0);
  });

  test("C12s: text with half a surrogate pair is a 400 that names the field", async () => {
    expect(await refusal('{"text":"a\\ud800b"}')).toEqual([400, "invalid-input", "text"]);
    expect(await refusal('{"text":"x","extra":{"\\udfff":1}}')).toEqual([400, "invalid-input", "extra"]);
    expect(ran()).toBe(0);
  });

  test("C12s: of a name that is given twice the last counts, and what is checked is what runs", async () => {
    const answer = await postText('{"text":1,"text":"last"}');
    expect([answer.status, stage.calls.at(-1)?.input]).toEqual([201, { text: "last" }]);
    expect(await refusal('{"text":"first","text":1}')).toEqual([400, "invalid-input", "text"]);
    expect(ran()).toBe(1);
  });

  test("C13s: names of the prototype are unknown fields, in body and query, and pollute nothing", async () => {
    for (const name of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"]) {
      expect(await refusal(`{"text":"x","${name}":{"polluted":true}}`)).toEqual([400, "invalid-input", name]);
      const query = await stage.request(`/api/things?${name}=polluted`);
      expect([name, query.status]).toEqual([name, 400]);
    }
    expect(await refusal('{"text":"x","settings":{"effort":"low","more":1}}')).toEqual([
      400,
      "invalid-input",
      "settings.more",
    ]);
    expect(ran()).toBe(0);
    expect(await refusal('{"text":"x","settings":{"__proto__":{"polluted":true}}}')).toEqual([
      400,
      "invalid-input",
      "settings.__proto__",
    ]);
    expect(ran()).toBe(0);
    const loose = await postText(
      '{"text":"x","settings":{"effort":"low"},"extra":{"__proto__":{"polluted":true}}}',
    );
    expect(loose.status).toBe(201);
    const input = stage.calls.at(-1)?.input as { settings: object; extra: object };
    for (const value of [{}, input, input.settings, input.extra]) {
      expect(Reflect.get(value, "polluted")).toBeUndefined();
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
  });
});

describe("connections that are too slow", () => {
  const hold = (port: number, bytes: string): Socket => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(bytes);
    return socket;
  };

  test("C7s: heads and bodies that never end are closed with 408, and others are served meanwhile", async () => {
    await using slow = await openStage({ headersTimeoutMs: 300, requestTimeoutMs: 600 });
    const lines = [`Host: 127.0.0.1:${slow.port}`, `Authorization: ${authorization}`];
    const head = `POST /api/things HTTP/1.1\r\n${lines.join("\r\n")}\r\n`;
    const starts = [
      "",
      "POST /api",
      head,
      `${head}${json}\r\nContent-Length: 10\r\n\r\n{"te`,
      `${head}${json}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"t`,
    ];
    const held = starts.flatMap((start) => Array.from({ length: 20 }, () => hold(slow.port, start)));
    const ends = held.map((socket) =>
      readAnswer(socket).then(
        ({ status }) => status,
        () => "closed",
      ),
    );
    // They drip on, which must not buy them time.
    const drip = setInterval(() => {
      for (const socket of held) if (socket.writable) socket.write("a");
    }, 50);
    expect((await slow.request("/api/things")).status).toBe(200);
    const seen = new Set(await Promise.all(ends));
    clearInterval(drip);
    for (const socket of held) socket.destroy();
    expect([...seen].filter((end) => end !== 408 && end !== "closed" && end !== 400)).toEqual([]);
    expect(seen).toContain(408);
    expect((await slow.request("/api/things")).status).toBe(200);
    expect(slow.calls.map(({ name }) => name)).toEqual(["things.list", "things.list"]);
  });

  test("C7s: more connections than allowed are turned away, and room is made when one leaves", async () => {
    await using small = await openStage({ connectionCountMax: 2 });
    const two = [hold(small.port, ""), hold(small.port, "")];
    await Promise.all(two.map((socket) => once(socket, "connect")));
    const answered = await small.request("/api/things").then(
      ({ status }) => status,
      () => "turned away",
    );
    expect(answered).toBe("turned away");
    const gone = two.map((socket) => once(socket, "close"));
    for (const socket of two) socket.destroy();
    await Promise.all(gone);
    await expect
      .poll(() =>
        small.request("/api/things").then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  test("headers of more than 16 KiB are a 431", async () => {
    const answer = await exchange(stage.port, { headers: [...permit, `X: ${"a".repeat(20_000)}`] });
    expect([codeOf(answer), ran()]).toEqual([[431, "headers-too-large"], 0]);
  });
});
