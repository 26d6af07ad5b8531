// Pages that are signed in by a cookie, and everybody else who has that cookie sent.
import { connect } from "node:net";
import { defineOperation } from "@lathe/wire";
import { strictObject, unknown } from "valibot";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { exchange, readAnswer } from "./testing/raw-exchange.ts";
import { parseEvents, readUntil } from "./testing/read-events.ts";
import { authorization, openStage, type Stage, token } from "./testing/stage.ts";

const keeping = defineOperation({
  name: "cookie.keep",
  summary: "Keeps a cookie, or drops it.",
  scope: "read",
  rest: { method: "POST", path: "/api/cookie", status: 204 },
  input: strictObject({}),
  output: unknown(),
  problems: [],
  run: async (_input, { cookie }) => {
    cookie?.keep("first", 1_000);
    if (cookie?.secret === null) cookie.keep("kept", 60_000);
    else cookie?.drop();
    if (cookie === undefined) throw new Error("There is no cookie over HTTP.");
  },
});

// Of an answer without a body, the end is the connection's.
const once = "Connection: close";

let stage: Stage;
let own = "";
let origin = "";
let cookie = "";
beforeAll(async () => {
  stage = await openStage({}, [keeping]);
  own = `Host: 127.0.0.1:${stage.port}`;
  origin = `Origin: ${stage.url}`;
  cookie = `Cookie: lathe-session-${stage.port}=${stage.page.token}`;
});
afterAll(() => stage[Symbol.asyncDispose]());

let ranBefore = 0;
afterEach(() => {
  ranBefore = stage.calls.length;
});
const ran = (): readonly string[] => stage.calls.slice(ranBefore).map(({ call }) => call.principal.id);

async function ask(
  headers: readonly string[],
  request: { method?: string; target?: string } = {},
): Promise<unknown> {
  const { status, body } = await exchange(stage.port, { ...request, headers: [own, once, ...headers] });
  return status < 400 ? status : [status, JSON.parse(body).code];
}

test("the control: a page of ours reads and writes by its cookie alone", async () => {
  expect(await ask([cookie, origin])).toBe(200);
  expect(await ask([cookie, "Sec-Fetch-Site: same-origin"])).toBe(200);
  expect(await ask([cookie, "Sec-Fetch-Site: same-origin"], { method: "HEAD" })).toBe(200);
  expect(await ask([cookie, origin], { method: "DELETE", target: "/api/things/1" })).toBe(204);
  expect(ran()).toEqual(["page", "page", "page", "page"]);
});

test("A14: no unsafe method is done by a cookie without the Origin of a page of ours", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
    for (const [headers, refused] of [
      [[], [401, "unauthorized"]],
      [["Sec-Fetch-Site: same-origin"], [401, "unauthorized"]],
      [["Sec-Fetch-Site: none"], [401, "unauthorized"]],
      [["Sec-Fetch-Site: cross-site"], [403, "origin-not-allowed"]],
      [
        ["Sec-Fetch-Site: same-site", origin],
        [403, "origin-not-allowed"],
      ],
      [["Origin: null"], [403, "origin-not-allowed"]],
      [["Origin: https://evil.com"], [403, "origin-not-allowed"]],
      [["Origin: http://127.0.0.1:1"], [403, "origin-not-allowed"]],
    ] as const) {
      const target = method === "DELETE" ? "/api/things/1" : "/api/things";
      expect([method, headers, await ask([cookie, ...headers], { method, target })]).toEqual([
        method,
        headers,
        refused,
      ]);
    }
  }
  expect(ran()).toEqual([]);
});

test("A14: what another page has a browser ask with the cookie reads nothing, as a stream or not", async () => {
  const events = "Accept: text/event-stream";
  for (const site of ["cross-site", "same-site"]) {
    expect(await ask([cookie, events, `Sec-Fetch-Site: ${site}`])).toEqual([403, "origin-not-allowed"]);
    expect(await ask([cookie, events, "Origin: https://evil.com", `Sec-Fetch-Site: ${site}`])).toEqual([
      403,
      "origin-not-allowed",
    ]);
  }
  expect(await ask([cookie, events])).toEqual([401, "unauthorized"]);
  expect(await ask([cookie, events, "Sec-Fetch-Site: none"])).toEqual([401, "unauthorized"]);
  expect(ran()).toEqual([]);
});

test("A2, A4: a foreign Host is refused with a good cookie", async () => {
  const headers = ["Host: evil.com", cookie, "Origin: http://evil.com"];
  expect((await exchange(stage.port, { headers })).status).toBe(403);
  expect(ran()).toEqual([]);
});

test("the secret of a cookie is no token, and a token is no cookie", async () => {
  const { page, port } = stage;
  const name = `lathe-session-${port}`;
  for (const headers of [
    [`Authorization: Bearer ${page.token}`],
    [`Authorization: Bearer ${page.token}`, cookie],
    [`Cookie: ${name}=${token}`],
    [`Cookie: ${name}=${page.token}x`],
    [`Cookie: ${name}=${page.token.slice(1)}`],
    [`Cookie: ${name}=`],
    [`Cookie: ${name}=""`],
    [`Cookie: ${name}="${page.token}"`],
    [`Cookie: lathe-session=${page.token}`],
    [`Cookie: lathe-session-${port + 1}=${page.token}`],
    [cookie, cookie],
    [`Cookie: ${name}=evil; ${name}=${page.token}`],
    [`Cookie: ${name}=breaks`],
    ["Authorization: ", cookie],
    ["Authorization: Bearer wrong", cookie],
  ])
    expect([headers, await ask([...headers, origin])]).toEqual([headers, [401, "unauthorized"]]);
  expect(ran()).toEqual([]);
  expect(await ask([`Authorization: ${authorization}`, cookie, "Sec-Fetch-Site: cross-site"])).toBe(200);
  expect(ran()).toEqual(["local"]);
  expect(JSON.stringify(stage.host.records)).not.toContain("It broke over");
});

test("A14: what an operation keeps goes out as one cookie, for its own port; what it drops is forgotten", async () => {
  const signIn = await exchange(stage.port, {
    method: "POST",
    target: "/api/cookie",
    headers: [own, once, `Authorization: ${authorization}`, origin],
  });
  const flags = "Path=/; Max-Age=60; HttpOnly; SameSite=Strict";
  expect([signIn.status, signIn.headers.get("set-cookie")]).toEqual([
    204,
    `lathe-session-${stage.port}=kept; ${flags}`,
  ]);
  const headers = [own, once, cookie, origin];
  const out = await exchange(stage.port, { method: "POST", target: "/api/cookie", headers });
  expect(out.headers.get("set-cookie")).toBe(
    `lathe-session-${stage.port}=; ${flags.replace("Max-Age=60", "Max-Age=0")}`,
  );
});

test("a page that comes by TLS has a cookie that goes by TLS alone", async () => {
  const config = { allowedHosts: ["lathe.example"], allowedOrigins: ["https://lathe.example"] };
  await using other = await openStage(config, [keeping]);
  const headers = [
    "Host: lathe.example",
    once,
    "Origin: https://lathe.example",
    `Authorization: ${authorization}`,
  ];
  const { headers: answered } = await exchange(other.port, {
    method: "POST",
    target: "/api/cookie",
    headers,
  });
  expect(answered.get("set-cookie")).toBe(
    "lathe-session=kept; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure",
  );
});

async function tryUpgrade(headers: readonly string[], host = own): Promise<number> {
  const socket = connect(stage.port, "127.0.0.1");
  const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
  const lines = [host, ...headers, ...upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  socket.write(`GET /echo HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`);
  const { status } = await readAnswer(socket);
  socket.destroy();
  return status;
}

test("A4: an upgrade is the page's by its cookie, and from nowhere but a page of ours", async () => {
  const seen: unknown[] = [];
  const release = stage.upgrades.serve("/echo", ({ session, authenticate, refuse }) => {
    seen.push([session?.principal.id, authenticate(stage.page.token)]);
    refuse({ type: "t", title: "t", status: 503, code: "seen", detail: "d" });
  });
  const wrong = `Cookie: lathe-session-${stage.port}=wrong`;
  expect([
    await tryUpgrade([cookie, origin]),
    await tryUpgrade([cookie, origin, "Sec-Fetch-Site: same-origin"]),
    await tryUpgrade([wrong, origin]),
    await tryUpgrade([cookie, cookie, origin]),
    await tryUpgrade([cookie, origin, `Authorization: ${authorization}`]),
  ]).toEqual([503, 503, 503, 503, 503]);
  expect(seen).toEqual([
    ["page", undefined],
    ["page", undefined],
    [undefined, undefined],
    [undefined, undefined],
    ["local", undefined],
  ]);
  seen.length = 0;
  expect([
    await tryUpgrade([cookie, "Origin: https://evil.com"]),
    await tryUpgrade([cookie, "Origin: http://127.0.0.1:1"]),
    await tryUpgrade([cookie, "Origin: null"]),
    await tryUpgrade([cookie, origin], "Host: evil.com"),
    await tryUpgrade([cookie, origin, "Sec-Fetch-Site: cross-site"]),
    await tryUpgrade([cookie]),
    await tryUpgrade([cookie, "Sec-Fetch-Site: same-origin"]),
    await tryUpgrade([cookie, origin, "Authorization: Bearer wrong"]),
  ]).toEqual([403, 403, 403, 403, 403, 401, 401, 401]);
  expect(seen).toEqual([]);
  await release();
});

test("a stream ends with the session of its page, and the cookie with it", async () => {
  await using other = await openStage({ closeGraceMs: 200 });
  const headers = {
    cookie: `lathe-session-${other.port}=${other.page.token}`,
    origin: other.url,
    accept: "text/event-stream",
    "content-type": "application/json",
  };
  const ask = (): Promise<Response> =>
    fetch(`${other.url}/api/things/1/messages`, { method: "POST", headers, body: '{"text":"x"}' });
  const followed = await ask();
  other.page.leave();
  const events = parseEvents(await readUntil(followed));
  expect(events.map(({ type, data }) => [type, JSON.parse(data).code])).toEqual([
    ["problem", "unauthorized"],
  ]);
  expect((await ask()).status).toBe(401);
});
