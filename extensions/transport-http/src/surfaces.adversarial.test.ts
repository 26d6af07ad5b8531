// What surfaces show: to everybody, and nothing else with it.
import { implementOperation } from "@lathe/wire";
import { readyz } from "@lathe/wire/operations";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exchange, type RawAnswer } from "./testing/raw-exchange.ts";
import { authorization, openStage, type Stage } from "./testing/stage.ts";

let stage: Stage;
let own = "";
const page = "Accept: text/html";
beforeAll(async () => {
  stage = await openStage();
  own = `Host: 127.0.0.1:${stage.port}`;
});
afterAll(() => stage[Symbol.asyncDispose]());

const ask = (target: string, ...headers: string[]): Promise<RawAnswer> =>
  exchange(stage.port, { target, headers: [own, ...headers] });

test("what a surface shows needs no token, and whatever it does not is as it was", async () => {
  expect(await ask("/file.js")).toMatchObject({ status: 200, body: "as it is" });
  expect(await ask("/file.js", "Authorization: Bearer wrong")).toMatchObject({ status: 200 });
  expect(await ask("/somewhere", page)).toMatchObject({ status: 503, body: "/somewhere" });
  expect(await ask("/breaks", page)).toMatchObject({ status: 503, body: "/breaks" });
  expect(await ask("/somewhere")).toMatchObject({ status: 401 });
  expect(await ask("/somewhere", `Authorization: ${authorization}`)).toMatchObject({ status: 404 });
  expect(JSON.stringify(stage.host.records)).toContain("A surface broke");
});

test("no surface stands in front of an operation, or answers below /api", async () => {
  const before = stage.calls.length;
  for (const target of ["/api", "/api/", "/api/things", "/api/things/1", "/api/none", "/api/%2e%2e/x"])
    expect([target, (await ask(target, page)).status]).toEqual([target, 401]);
  expect(stage.calls.length).toBe(before);
  expect((await ask("/livez", page)).body).toBe('{"live":true}');
  expect((await ask("/readyz", page)).body).toBe("/readyz");
  const release = stage.contribute(
    implementOperation(readyz, { run: async () => ({ status: "ready" as const }) }),
  );
  expect((await ask("/readyz", page)).body).toBe('{"status":"ready"}');
  await release();
});

test("only GET and HEAD see a surface: every other method needs the token", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
    const answer = await exchange(stage.port, { method, target: "/file.js", headers: [own, page] });
    expect([method, answer.status]).toEqual([method, 401]);
  }
  const identity = { "accept-encoding": "identity" };
  const head = await fetch(`${stage.url}/file.js`, { method: "HEAD", headers: identity });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "8", ""]);
});

test("the Host and the Origin are checked in front of a surface, and a token in the query is refused", async () => {
  expect((await exchange(stage.port, { target: "/file.js", headers: ["Host: evil.com"] })).status).toBe(403);
  expect((await ask("/file.js", "Origin: https://evil.com")).status).toBe(403);
  expect((await ask("/file.js?token=x")).status).toBe(400);
  expect((await ask("/file.js?v=1")).status).toBe(200);
});

test("the form that the caller takes is sent, each with a tag of its own", async () => {
  const seen = [];
  for (const accepted of ["br, gzip", "gzip", "identity", "br;q=0, *;q=0.1"]) {
    const { body, headers } = await ask("/file.js", `Accept-Encoding: ${accepted}`);
    seen.push([body, headers.get("content-encoding"), headers.get("etag"), headers.get("vary")]);
  }
  expect(seen).toEqual([
    ["br", "br", '"v1-br"', "accept-encoding"],
    ["gzip", "gzip", '"v1-gzip"', "accept-encoding"],
    ["as it is", undefined, '"v1-identity"', "accept-encoding"],
    ["gzip", "gzip", '"v1-gzip"', "accept-encoding"],
  ]);
});

test("whoever has it already is told so, and a range is not cut", async () => {
  // Of an answer without a body, the end is the connection's.
  const once = "Connection: close";
  const status = async (...headers: string[]): Promise<number> =>
    (await ask("/file.js", once, ...headers)).status;
  expect([
    await status('If-None-Match: "v1-identity"'),
    await status('If-None-Match: "x", W/"v1-identity"'),
    await status("If-None-Match: *"),
    await status('If-None-Match: "v1-br"'),
    await status("If-None-Match: v1-identity"),
  ]).toEqual([304, 304, 304, 200, 200]);
  const known = await ask("/file.js", once, 'If-None-Match: "v1-identity"');
  expect([known.body, known.headers.get("cache-control"), known.headers.get("etag")]).toEqual([
    "",
    "max-age=1",
    '"v1-identity"',
  ]);
  expect(await ask("/file.js", "Range: bytes=0-1")).toMatchObject({ status: 200, body: "as it is" });
});

test("one that has no version is sent whole each time, and safely", async () => {
  const { status, headers } = await ask("/x", page, "If-None-Match: *");
  expect([
    status,
    headers.has("etag"),
    headers.get("x-content-type-options"),
    headers.get("cache-control"),
  ]).toEqual([503, false, "nosniff", "no-store"]);
});
