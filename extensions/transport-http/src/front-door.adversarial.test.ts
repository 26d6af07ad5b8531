// Who must not come in, over a real socket. Every case also asserts that no operation ran.
import { connect } from "node:net";
import { fakeService, openTestHost, realTimers } from "@lathe/extension-kit/testing";
import { LocalAccessService } from "@lathe/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { activate } from "./extension.ts";
import { exchange, exchangeBytes, type RawAnswer, readAnswer } from "./testing/raw-exchange.ts";
import { authorization, manifest, openStage, type Stage, token } from "./testing/stage.ts";

let stage: Stage;
let own = "";
let permit: readonly string[] = [];

beforeAll(async () => {
  stage = await openStage();
  own = `Host: 127.0.0.1:${stage.port}`;
  permit = [own, `Authorization: ${authorization}`];
});
afterAll(() => stage[Symbol.asyncDispose]());

let ranBefore = 0;
afterEach(() => {
  ranBefore = stage.calls.length;
});
const ran = (): number => stage.calls.length - ranBefore;
const codeOf = (answer: RawAnswer): unknown => [answer.status, JSON.parse(answer.body).code];

test("the control: with its own Host, own Origin and the token, a request is answered", async () => {
  const origins = ["127.0.0.1", "localhost", "[::1]"].map((name) => `http://${name}:${stage.port}`);
  for (const origin of origins) {
    const host = `Host: ${origin.slice("http://".length)}`;
    const answer = await exchange(stage.port, { headers: [host, ...permit.slice(1), `Origin: ${origin}`] });
    expect([origin, answer.status]).toEqual([origin, 200]);
  }
  expect(ran()).toBe(3);
});

describe("the token", () => {
  test("A1: without a token every route but the public ones is 401, whether it exists or not", async () => {
    const places = [
      ["GET", "/api/things"],
      ["GET", "/api/things/1"],
      ["POST", "/api/things"],
      ["DELETE", "/api/things/1"],
      ["GET", "/api/openapi.json"],
      ["GET", "/api/nothing"],
      ["OPTIONS", "/api/things"],
      ["HEAD", "/api/things"],
    ] as const;
    for (const [method, path] of places) {
      const answer = await fetch(`${stage.url}${path}`, { method });
      const challenge = answer.headers.get("www-authenticate");
      expect([method, path, answer.status, challenge]).toEqual([method, path, 401, 'Bearer realm="lathe"']);
    }
    expect(ran()).toBe(0);
    expect((await fetch(`${stage.url}/livez`)).status).toBe(200);
    expect(ran()).toBe(1);
  });

  test("A1, C11s: a path that is spelled otherwise is never a way around the token", async () => {
    const spellings = [
      "//livez",
      "/livez/",
      "/LIVEZ",
      "/%6civez",
      "/livez;a",
      "/./livez",
      "/x/../livez",
      "/livez%00",
      "/api//things",
      "/api/./things",
      "/api/%74hings",
      "/api%2fthings",
      "/api/things/%2e%2e/things",
    ];
    for (const target of spellings) {
      const answer = await exchange(stage.port, { target, headers: [own] });
      expect([target, answer.status]).toEqual([target, 401]);
    }
    expect(ran()).toBe(0);
  });

  test("B16: only one spelling of the Authorization header is accepted, once", async () => {
    const refused = [
      [`Authorization: Basic ${Buffer.from(`x:${token}`).toString("base64")}`],
      [`Authorization: Basic ${token}`],
      [`Authorization: bearer ${token}`],
      [`Authorization: BEARER ${token}`],
      [`Authorization: Bearer  ${token}`],
      [`Authorization: Bearer\t${token}`],
      [`Authorization: Bearer ${token}x`],
      [`Authorization: Bearer ${token.slice(0, -1)}`],
      [`Authorization: Bearer ${token}, Bearer ${token}`],
      [`Authorization: ${token}`],
      ["Authorization: Bearer"],
      ["Authorization: "],
      [`Authorization: ${authorization}`, `Authorization: ${authorization}`],
      [`Authorization: ${authorization}`, "authorization: Bearer wrong"],
      ["Authorization: Bearer wrong", `Authorization: ${authorization}`],
      [`Proxy-Authorization: ${authorization}`],
      [`X-Api-Key: ${token}`],
      [`Cookie: token=${token}`],
    ];
    for (const lines of refused) {
      const answer = await exchange(stage.port, { headers: [own, ...lines] });
      expect([lines, codeOf(answer)]).toEqual([lines, [401, "unauthorized"]]);
      expect(answer.body).not.toContain(token);
    }
    expect(ran()).toBe(0);
  });

  test("A13: a token in the query string is refused, also beside a good header, and not repeated", async () => {
    for (const name of ["token", "access_token", "Api_Key", "authorization"]) {
      for (const headers of [[own], permit]) {
        const answer = await exchange(stage.port, { target: `/api/things?${name}=${token}`, headers });
        expect([name, codeOf(answer)]).toEqual([name, [400, "token-in-query"]]);
        expect(answer.body).not.toContain(token);
      }
    }
    expect(ran()).toBe(0);
  });

  test("B8: without a token a malformed body is not read: 401 comes before its type, its size and its end", async () => {
    const heads = [
      ["Content-Type: application/json", "Content-Length: 5"],
      ["Content-Type: application/json", "Content-Length: 999999999"],
      ["Content-Type: text/plain", "Content-Length: 5"],
      ["Content-Type: application/json", "Transfer-Encoding: chunked"],
      ["Content-Type: application/json", "Content-Length: 5", "Expect: 100-continue"],
    ];
    for (const lines of heads) {
      // The body is announced and never sent: whoever waits for it does not answer.
      const answer = await exchange(stage.port, { method: "POST", headers: [own, ...lines] });
      expect([lines, codeOf(answer)]).toEqual([lines, [401, "unauthorized"]]);
      expect(answer.headers.get("connection")).toBe("close");
    }
    expect(ran()).toBe(0);
  });
});

describe("the Host header", () => {
  test("A2: a foreign Host is refused, with the token and on public routes too", async () => {
    for (const target of ["/api/things", "/livez"]) {
      const headers = ["Host: evil.com", ...permit.slice(1)];
      expect(codeOf(await exchange(stage.port, { target, headers }))).toEqual([403, "host-not-allowed"]);
    }
    expect(ran()).toBe(0);
  });

  test("A7: other spellings of the own address are refused", async () => {
    const names = [
      "127.1",
      "2130706433",
      "0x7f.1",
      "[::ffff:127.0.0.1]",
      "localhost.",
      "127.0.0.1 ",
      "LOCALHOST",
      "127.0.0.2",
      "0.0.0.0",
      "[::]",
      "x@127.0.0.1",
      "127.0.0.1:80",
    ];
    const hosts = [
      ...names.map((name) => `${name}:${stage.port}`),
      "127.0.0.1",
      "localhost",
      "",
      `127.0.0.1:0${stage.port}`,
      `127.0.0.1:${stage.port},evil.com`,
    ];
    for (const host of hosts) {
      const answer = await exchange(stage.port, { headers: [`Host: ${host}`, ...permit.slice(1)] });
      expect([host, codeOf(answer)]).toEqual([host, [403, "host-not-allowed"]]);
    }
    expect(ran()).toBe(0);
  });

  test("A8: two Host headers are refused, in either order, and when they are the same", async () => {
    for (const lines of [
      [own, "Host: evil.com"],
      ["Host: evil.com", own],
      [own, own],
    ]) {
      const answer = await exchange(stage.port, { headers: [...lines, ...permit.slice(1)] });
      expect([lines, answer.status]).toEqual([lines, 400]);
    }
    expect(ran()).toBe(0);
  });

  test("A8: a request without a Host header is refused, in HTTP/1.0 as well", async () => {
    expect(codeOf(await exchange(stage.port, { headers: permit.slice(1) }))).toEqual([400, "invalid-host"]);
    const old = `GET /api/things HTTP/1.0\r\nAuthorization: ${authorization}\r\n\r\n`;
    expect(codeOf(await exchangeBytes(stage.port, old))).toEqual([400, "invalid-host"]);
    expect(ran()).toBe(0);
  });

  test("A8: a target with another host than the Host header's is refused; with the same it is answered", async () => {
    const foreign = [
      "http://evil.com/api/things",
      "http://localhost:1/api/things",
      `http://127.0.0.1:${stage.port}@evil.com/api/things`,
      "https://evil.com/",
      `https://127.0.0.1:${stage.port}/api/things`,
      "*",
      "api/things",
      "http:/api/things",
    ];
    for (const target of foreign) {
      const answer = await exchange(stage.port, { target, headers: permit });
      expect([target, answer.status]).toEqual([target, 400]);
    }
    expect(ran()).toBe(0);
    const same = await exchange(stage.port, { target: `${stage.url}/api/things?limit=2`, headers: permit });
    expect(JSON.parse(same.body)).toEqual({ input: { limit: 2 } });
    expect(ran()).toBe(1);
  });

  test("A8: X-Forwarded-Host and its relatives are not heard", async () => {
    const forwarded = [
      "X-Forwarded-Host: 127.0.0.1",
      "Forwarded: host=127.0.0.1",
      `X-Forwarded-Host: 127.0.0.1:${stage.port}`,
    ];
    const answer = await exchange(stage.port, {
      headers: ["Host: evil.com", ...permit.slice(1), ...forwarded],
    });
    expect(answer.status).toBe(403);
    expect((await exchange(stage.port, { headers: [...permit, "X-Forwarded-Host: evil.com"] })).status).toBe(
      200,
    );
    expect(ran()).toBe(1);
  });

  test("H1: a hundred headers and more, among them a second Host, do not get in", async () => {
    const many = Array.from({ length: 2_100 }, (_, at) => `a${at}: `);
    const answer = await exchange(stage.port, { headers: [...permit, ...many, "Host: evil.com"] });
    expect(answer.status).toBe(431);
    expect(ran()).toBe(0);
  });
});

describe("the Origin header", () => {
  const foreign = (port: number): readonly string[] => [
    "null",
    "file://",
    "https://evil.com",
    "http://localhost.evil.com",
    "http://127.evil.com",
    `http://localhost:${port}@evil.com`,
    "http://localhost:1@evil.com",
    `HTTP://LOCALHOST:${port}`,
    `http://localhost.:${port}`,
    `http://localhost:${port}.`,
    `http://localhost:${port}/`,
    `https://localhost:${port}`,
    "http://localhost",
    `http://127.0.0.1:${port} http://evil.com`,
    "",
  ];

  test("A6: an Origin that is not exactly one of the own is refused, with the token", async () => {
    for (const origin of foreign(stage.port)) {
      for (const target of ["/api/things", "/livez"]) {
        const answer = await exchange(stage.port, { target, headers: [...permit, `Origin: ${origin}`] });
        expect([origin, codeOf(answer)]).toEqual([origin, [403, "origin-not-allowed"]]);
      }
    }
    const two = await exchange(stage.port, {
      headers: [...permit, `Origin: ${stage.url}`, `Origin: ${stage.url}`],
    });
    expect(two.status).toBe(403);
    expect(ran()).toBe(0);
  });

  test("A10: no answer of any kind has a CORS header", async () => {
    const preflight = [
      "Access-Control-Request-Method: POST",
      "Access-Control-Request-Headers: authorization",
      "Access-Control-Request-Private-Network: true",
    ];
    const requests = [
      { method: "OPTIONS", headers: [own, "Origin: https://evil.com", ...preflight], status: 403 },
      { method: "OPTIONS", headers: [own, `Origin: ${stage.url}`, ...preflight], status: 401 },
      { method: "OPTIONS", headers: [...permit, `Origin: ${stage.url}`, ...preflight], status: 405 },
      { method: "GET", headers: [...permit, `Origin: ${stage.url}`], status: 200 },
      { method: "GET", headers: [...permit], status: 200 },
    ];
    for (const { status, ...request } of requests) {
      const answer = await exchange(stage.port, request);
      const cors = [...answer.headers.keys()].filter((name) => name.startsWith("access-control"));
      expect([request, answer.status, cors]).toEqual([request, status, []]);
    }
    expect(ran()).toBe(2);
  });
});

describe("upgrades", () => {
  const upgrade = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];

  async function tryUpgrade(headers: readonly string[], target = "/api/things"): Promise<readonly unknown[]> {
    const socket = connect(stage.port, "127.0.0.1");
    socket.write(
      `GET ${target} HTTP/1.1\r\n${[...headers, ...upgrade].map((line) => `${line}\r\n`).join("")}\r\n`,
    );
    const closed = new Promise((resolve) => socket.once("close", () => resolve("closed")));
    const answer = await readAnswer(socket);
    return [...(codeOf(answer) as readonly unknown[]), await closed];
  }

  test("A3: an upgrade with a foreign Host and the same foreign Origin is refused and the socket closed", async () => {
    expect(await tryUpgrade(["Host: evil.com", "Origin: http://evil.com"])).toEqual([
      403,
      "host-not-allowed",
      "closed",
    ]);
    expect(await tryUpgrade(["Host: evil.com", "Origin: http://evil.com", ...permit.slice(1)])).toEqual([
      403,
      "host-not-allowed",
      "closed",
    ]);
  });

  test("A4: an upgrade with a foreign Origin is refused, whatever else it brings", async () => {
    expect(await tryUpgrade([...permit, "Origin: https://evil.com", `Cookie: token=${token}`])).toEqual([
      403,
      "origin-not-allowed",
      "closed",
    ]);
  });

  test("A5: an upgrade without Origin and without token is refused, on a public path too where it is not spoken", async () => {
    expect(await tryUpgrade([own])).toEqual([401, "unauthorized", "closed"]);
    expect(await tryUpgrade([own], "/livez")).toEqual([401, "unauthorized", "closed"]);
  });

  test("A4, A5: an Origin of the own does not make up for a wrong token", async () => {
    const page = [own, `Origin: ${stage.url}`];
    expect(await tryUpgrade([...page, "Authorization: Bearer wrong"])).toEqual([
      401,
      "unauthorized",
      "closed",
    ]);
    expect(await tryUpgrade([...page, `authorization: bearer ${token}`])).toEqual([
      401,
      "unauthorized",
      "closed",
    ]);
  });

  test("A6: an upgrade whose Origin is not exactly one of the own is refused, with the token", async () => {
    const origins = [
      "null",
      "file://",
      "http://localhost.evil.com",
      "http://127.evil.com",
      "http://localhost:1@evil.com",
      `HTTP://LOCALHOST:${stage.port}`,
      `http://localhost.:${stage.port}`,
      `http://localhost:${stage.port}.`,
      "",
    ];
    for (const origin of origins) {
      const answer = await tryUpgrade([...permit, `Origin: ${origin}`]);
      expect([origin, ...answer]).toEqual([origin, 403, "origin-not-allowed", "closed"]);
    }
  });

  test("A13: a token in the URL opens no socket", async () => {
    const answer = await tryUpgrade([own, `Origin: ${stage.url}`], `/api/socket?token=${token}`);
    expect(answer).toEqual([400, "token-in-query", "closed"]);
  });

  test("C1s: an upgrade with 2,000 headers is refused, and the next is answered", async () => {
    const many = Array.from({ length: 2_000 }, (_, at) => `a${at}: `);
    expect(await tryUpgrade([...permit, ...many])).toEqual([431, "headers-too-large", "closed"]);
    const some = many.slice(0, 120);
    expect(await tryUpgrade([...permit, ...some])).toEqual([431, "too-many-headers", "closed"]);
    expect((await stage.request("/api/things")).status).toBe(200);
    expect(ran()).toBe(1);
  });

  test("an upgrade that passes every check is handed to whoever serves its path, and to nobody afterwards", async () => {
    const seen: unknown[] = [];
    const release = stage.upgrades.serve("/echo", ({ session, authenticate, socket, refuse }) => {
      const known = authenticate(stage.guest.token)?.principal.id;
      seen.push([session?.principal.id, known, authenticate("wrong"), socket.destroyed]);
      refuse({ type: "t", title: "t", status: 503, code: "too-many", detail: "d" });
    });
    expect(() => stage.upgrades.serve("/echo", () => {})).toThrow("served by another extension");
    expect(await tryUpgrade(permit, "/echo?x=1")).toEqual([503, "too-many", "closed"]);
    expect(await tryUpgrade([own, `Origin: ${stage.url}`], "/echo")).toEqual([503, "too-many", "closed"]);
    expect(seen).toEqual([
      ["local", "guest", undefined, false],
      [undefined, "guest", undefined, false],
    ]);
    await release();
    expect(await tryUpgrade(permit, "/echo")).toEqual([400, "upgrade-not-supported", "closed"]);
  });

  test("a handler that breaks ends its upgrade with a 500 that tells nothing, and the daemon goes on", async () => {
    const release = stage.upgrades.serve("/broken", () => {
      throw new Error("a secret of the inside");
    });
    expect(await tryUpgrade(permit, "/broken")).toEqual([500, "internal", "closed"]);
    expect((await stage.request("/api/things")).status).toBe(200);
    await release();
  });

  test("an upgrade that passes every check is told where its protocol is not spoken", async () => {
    expect(await tryUpgrade([...permit, `Origin: ${stage.url}`])).toEqual([
      400,
      "upgrade-not-supported",
      "closed",
    ]);
    expect(ran()).toBe(0);
  });

  test("another protocol that is only offered is passed over, and the request is answered", async () => {
    const answer = await exchange(stage.port, {
      headers: [
        ...permit,
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAAQAAP__",
      ],
    });
    expect(answer.status).toBe(200);
    expect(ran()).toBe(1);
    const foreign = await exchange(stage.port, {
      headers: ["Host: evil.com", "Connection: Upgrade", "Upgrade: h2c"],
    });
    expect(foreign.status).toBe(403);
  });

  test("a tunnel is not opened", async () => {
    const attempt = exchange(stage.port, { method: "CONNECT", target: "evil.com:443", headers: permit });
    await expect(attempt).rejects.toThrow("The connection was closed");
  });
});

describe("the body's type", () => {
  test("A9, H1: JSON text in another type is refused before it is read, and nothing happens", async () => {
    const body = '{"text":"x"}';
    const types = [
      "text/plain",
      "multipart/form-data; boundary=x",
      "application/x-www-form-urlencoded",
      "application/jsonx",
      "text/json",
      "application/json; charset=utf-16",
      "application/json, text/plain",
      "application/vnd.api+json",
      "",
    ];
    for (const type of types) {
      const headers = [...permit, `Content-Type: ${type}`, `Content-Length: ${body.length}`];
      const answer = await exchange(stage.port, { method: "POST", headers, body });
      expect([type, codeOf(answer)]).toEqual([type, [415, "unsupported-media-type"]]);
    }
    for (const lines of [
      [],
      ["Content-Type: application/json", "Content-Type: text/plain"],
      ["Content-Type: application/json", "Content-Encoding: gzip"],
    ]) {
      const headers = [...permit, ...lines, `Content-Length: ${body.length}`];
      expect((await exchange(stage.port, { method: "POST", headers, body })).status).toBe(415);
    }
    expect(ran()).toBe(0);
    const good = await stage.request("/api/things", {
      method: "POST",
      body,
      headers: { "content-type": "Application/JSON; charset=UTF-8" },
    });
    expect([good.status, ran()]).toEqual([201, 1]);
  });

  test("A11: a GET, as of an image of a foreign page, reaches no operation that changes anything", async () => {
    for (const target of ["/api/things/1/messages?text=x", "/api/things/1/messages"]) {
      const answer = await exchange(stage.port, { target, headers: permit });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    }
    expect(ran()).toBe(0);
    const document = (await (await stage.request("/api/openapi.json")).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const reading = Object.values(document.paths).flatMap((methods) => methods.get?.operationId ?? []);
    expect(reading.toSorted()).toEqual(["api.describe", "health.live", "things.get", "things.list"]);
  });

  test("a method override is not heard", async () => {
    const answer = await exchange(stage.port, {
      target: "/api/things/1",
      headers: [...permit, "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE"],
    });
    expect([answer.status, stage.calls.at(-1)?.name]).toEqual([200, "things.get"]);
  });

  test("a body where none belongs is refused", async () => {
    const headers = [...permit, "Content-Type: application/json", "Content-Length: 2"];
    for (const method of ["GET", "DELETE"]) {
      const answer = await exchange(stage.port, { method, target: "/api/things/1", headers, body: "{}" });
      expect([method, codeOf(answer)]).toEqual([method, [400, "unexpected-body"]]);
    }
    expect(ran()).toBe(0);
  });
});

test("A12: it refuses to listen on anything but loopback, with a sentence that says what to do", async () => {
  for (const host of [
    "0.0.0.0",
    "::",
    "192.168.0.1",
    "127.0.0.1.evil.com",
    "[::1]",
    "::ffff:127.0.0.1",
    "",
    "*",
  ]) {
    const failed = await openTestHost({
      manifest,
      activate,
      config: { port: 0, host },
      services: [fakeService(LocalAccessService, { token })],
      powers: { timers: realTimers() },
      mayFail: true,
    });
    expect([host, failed.state.kind]).toEqual([host, "failed"]);
    expect(failed.state.reason).toContain("serves this machine only");
    await failed.close();
  }
});

test("A12: a loopback address other than the usual is listened on and named in its own Host list", async () => {
  await using other = await openStage({ host: "127.0.0.2" });
  expect(other.url).toBe(`http://127.0.0.2:${other.port}`);
  expect((await other.request("/api/things")).status).toBe(200);
});

test("hosts and origins of the configuration are welcome, exactly as they are written", async () => {
  await using other = await openStage({
    allowedHosts: ["lathe.example"],
    allowedOrigins: ["https://lathe.example"],
  });
  const headers = ["Host: lathe.example", `Authorization: ${authorization}`, "Origin: https://lathe.example"];
  expect((await exchange(other.port, { headers })).status).toBe(200);
  expect(
    (await exchange(other.port, { headers: ["Host: lathe.example:80", ...headers.slice(1)] })).status,
  ).toBe(403);
});

test("every answer, good or bad, forbids to keep it, to guess its type and to frame it", async () => {
  const answers = [
    await exchange(stage.port, { headers: permit }),
    await exchange(stage.port, { target: "/livez", headers: [own] }),
    await exchange(stage.port, { headers: [own] }),
    await exchange(stage.port, { headers: ["Host: evil.com"] }),
    await exchange(stage.port, { target: "/api/none", headers: permit }),
    await exchangeBytes(stage.port, "nonsense\r\n\r\n"),
  ];
  for (const { headers, status } of answers) {
    expect([
      status,
      headers.get("cache-control"),
      headers.get("x-content-type-options"),
      headers.get("content-security-policy"),
      headers.get("referrer-policy"),
      headers.has("x-powered-by"),
    ]).toEqual([
      status,
      "no-store",
      "nosniff",
      "default-src 'none'; frame-ancestors 'none'",
      "no-referrer",
      false,
    ]);
  }
});
