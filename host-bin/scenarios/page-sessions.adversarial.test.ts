// Pages of the whole daemon: who is shown what, who is signed in, and until when.
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FoundExtension } from "@lathe/extension-host";
import type { Activate } from "@lathe/kernel";
import { activateWith } from "@lathe/web-client";
import {
  HttpAddressService,
  protocolVersion,
  type ServerFrame,
  socketCloseCodes,
  socketPath,
} from "@lathe/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Composition, compose } from "../compose.ts";
import { findBuiltInExtensions } from "../found-extensions.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
const open: Composition[] = [];
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(async () => {
  for (const composition of open.splice(0)) await composition.close();
  await home.remove();
});

interface Daemon {
  readonly composition: Composition;
  readonly url: string;
  readonly port: number;
}

interface DaemonOptions {
  readonly stateFolder?: string;
  readonly port?: number;
  /** Waited for before the pages are known. */
  readonly before?: () => Promise<void>;
}

/** The whole daemon, with a small page in place of the built one. */
async function start({
  stateFolder = home.stateFolder,
  port = 0,
  before,
}: DaemonOptions = {}): Promise<Daemon> {
  const page = join(home.folder, "page");
  await mkdir(join(page, "assets"), { recursive: true });
  await writeFile(join(page, "index.html"), "<!doctype html><title>the page</title>");
  await writeFile(join(page, "assets", "main-A1.js"), "the script");
  await writeFile(join(home.folder, "outside.txt"), "what nobody may see");
  const [found] = findBuiltInExtensions().filter(({ folder }) => folder === "web-client");
  const activate: Activate = async (host, scope) => {
    await before?.();
    await activateWith(pathToFileURL(`${page}/`), host, scope);
  };
  const client: FoundExtension = { ...(found as FoundExtension), load: async () => ({ activate }) };
  const config = { "transport-http": { port } };
  const composition = await compose({ stateFolder, config, extra: [client], without: ["web-client"] });
  open.push(composition);
  const { url } = composition.use(HttpAddressService);
  return { composition, url, port: Number(new URL(url).port) };
}

async function stop({ composition }: Daemon): Promise<void> {
  open.splice(open.indexOf(composition), 1);
  await composition.close();
}

/** The cookie that a browser would send, by its name. */
async function signIn({ url, composition }: Daemon): Promise<string> {
  const headers = { authorization: `Bearer ${composition.token}`, origin: url };
  const answer = await fetch(`${url}/api/session`, { method: "POST", headers });
  expect(answer.status).toBe(200);
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

const whoAmI = async ({ url }: Daemon, cookie: string): Promise<number> =>
  (await fetch(`${url}/api/session`, { headers: { cookie, origin: url } })).status;

const signOut = async ({ url }: Daemon, cookie: string): Promise<number> =>
  (await fetch(`${url}/api/session`, { method: "DELETE", headers: { cookie, origin: url } })).status;

type Upgraded = { readonly status: number } | { readonly status: 101; readonly socket: WebSocket };

/** What a browser's socket does; it is told the status where it is refused. */
function upgrade({ url }: Daemon, headers: Readonly<Record<string, string>>, query = ""): Promise<Upgraded> {
  const socket = new WebSocket(`${url.replace("http:", "ws:")}${socketPath}${query}`, { headers });
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve({ status: 101, socket }));
    socket.once("unexpected-response", (_request, answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0 });
    });
    socket.once("error", reject);
  });
}

const hello = JSON.stringify({ type: "hello", protocol: protocolVersion });

async function greet(upgraded: Upgraded): Promise<ServerFrame> {
  if (!("socket" in upgraded)) throw new Error(`The upgrade was refused with ${upgraded.status}.`);
  upgraded.socket.send(hello);
  const [bytes] = await once(upgraded.socket, "message");
  return JSON.parse(String(bytes)) as ServerFrame;
}

test("a page signs in, and its socket needs no token any more", async () => {
  const daemon = await start();
  const cookie = await signIn(daemon);
  const upgraded = await upgrade(daemon, { cookie, origin: daemon.url });
  expect(await greet(upgraded)).toMatchObject({ type: "welcome", principal: { id: "local" } });
  if ("socket" in upgraded) upgraded.socket.terminate();
});

test("A4: a socket of another page is refused with a good cookie, and so is one to another Host", async () => {
  const daemon = await start();
  const cookie = await signIn(daemon);
  const own = daemon.url;
  const statuses = [];
  for (const headers of [
    { cookie, origin: "https://evil.com" },
    { cookie, origin: "null" },
    { cookie, origin: `http://127.0.0.1:${daemon.port + 1}` },
    { cookie, origin: own, host: "evil.com" },
    { cookie, origin: "http://evil.com", host: "evil.com" },
    { cookie },
  ])
    statuses.push((await upgrade(daemon, headers)).status);
  expect(statuses).toEqual([403, 403, 403, 403, 403, 401]);
});

test("A13: a token in the query opens no stream, no socket and no page, and is kept nowhere", async () => {
  const daemon = await start();
  const { token } = daemon.composition;
  const secret = (await signIn(daemon)).split("=")[1] ?? "";
  const events = { accept: "text/event-stream" };
  for (const name of ["token", "access_token"]) {
    const query = `?${name}=${token}`;
    const stream = await fetch(`${daemon.url}/api/changes/conversations${query}`, { headers: events });
    const page = await fetch(`${daemon.url}/${query}`, { headers: { accept: "text/html" } });
    const socket = await upgrade(daemon, { origin: daemon.url }, query);
    expect([stream.status, page.status, socket.status]).toEqual([400, 400, 400]);
    for (const answer of [stream, page]) expect(await answer.text()).not.toContain(token);
  }
  await fetch(`${daemon.url}/api/conversations`, { headers: { authorization: `Bearer ${token}x` } });
  await whoAmI(daemon, `lathe-session-${daemon.port}=${secret}`);
  await stop(daemon);
  expect(await filesWith(home.stateFolder, token)).toEqual(["token"]);
  expect(await filesWith(home.stateFolder, secret)).toEqual([]);
});

/** The names of those files below the folder that hold the text. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name));
    if (bytes.includes(text)) found.push(entry.name);
  }
  return found;
}

test("A14: the cookie is for HTTP alone and for this site, and opens no stream for another page", async () => {
  const daemon = await start();
  const { url, composition } = daemon;
  const answer = await fetch(`${url}/api/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${composition.token}`, origin: url },
  });
  expect(answer.headers.get("set-cookie")).toMatch(
    new RegExp(`^lathe-session-${daemon.port}=[\\w.-]+; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict$`),
  );
  expect(await answer.text()).not.toContain("ses_");
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  const accept = "text/event-stream";
  const statuses = [];
  for (const headers of [
    { accept, cookie, origin: "https://evil.com" },
    { accept, cookie, "sec-fetch-site": "cross-site" },
    { accept, cookie, "sec-fetch-site": "same-site" },
    { accept, cookie },
  ])
    statuses.push((await fetch(`${url}/api/runs`, { headers })).status);
  expect(statuses).toEqual([403, 403, 403, 401]);
});

test("the local token is no cookie, and the secret of a cookie is no token", async () => {
  const daemon = await start();
  const [name = "", secret = ""] = (await signIn(daemon)).split("=");
  const { url, composition } = daemon;
  expect(await whoAmI(daemon, `${name}=${composition.token}`)).toBe(401);
  const bearer = await fetch(`${url}/api/session`, { headers: { authorization: `Bearer ${secret}` } });
  expect(bearer.status).toBe(401);
  const upgraded = await upgrade(daemon, { origin: url });
  if (!("socket" in upgraded)) throw new Error("The upgrade was refused.");
  upgraded.socket.send(JSON.stringify({ type: "hello", protocol: protocolVersion, token: secret }));
  const [code] = await once(upgraded.socket, "close");
  expect(code).toBe(socketCloseCodes.unauthorized);
});

test("A15: the page and its files are under the strict policy, and what is no part of it is not shown", async () => {
  const daemon = await start();
  for (const [path, text] of [
    ["/", "<!doctype html><title>the page</title>"],
    ["/c/cnv_1", "<!doctype html><title>the page</title>"],
    ["/assets/main-A1.js", "the script"],
  ] as const) {
    const answer = await fetch(`${daemon.url}${path}`, { headers: { accept: "text/html" } });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, text]);
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.has("set-cookie")).toBe(false);
  }
});

test("A15: no spelling of a path leads out of the page", async () => {
  const daemon = await start();
  for (const target of [
    "/../outside.txt",
    "/assets/../../outside.txt",
    "/assets/%2e%2e/%2e%2e/outside.txt",
    "/assets/..%2f..%2foutside.txt",
    "/assets/..%5c..%5coutside.txt",
    "/assets/..\\..\\outside.txt",
    "/assets/main-A1.js%00",
    "/assets//main-A1.js",
    "//outside.txt",
    "/%2e%2e/outside.txt",
    "/c/..%2f..%2foutside.txt",
    join(home.folder, "outside.txt"),
  ]) {
    const answer = await exchangeRaw(daemon.port, target);
    expect([target, answer.slice(0, 12)]).toEqual([target, "HTTP/1.1 401"]);
    expect(answer).not.toContain("what nobody may see");
  }
  expect(await exchangeRaw(daemon.port, "/assets/\0")).toMatch(/^HTTP\/1\.1 400/);
});

function exchangeRaw(port: number, target: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
  );
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  return new Promise((resolve) => socket.once("close", () => resolve(text)));
}

test("signing out ends the streams and sockets of the page, and those of another page go on", async () => {
  const daemon = await start();
  const { url } = daemon;
  const [leaving, staying] = [await signIn(daemon), await signIn(daemon)];
  const follow = (cookie: string): Promise<Response> =>
    fetch(`${url}/api/changes/conversations`, {
      headers: { cookie, origin: url, accept: "text/event-stream" },
    });
  const streams = [await follow(leaving), await follow(staying)];
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  const sockets = [];
  for (const cookie of [leaving, staying]) {
    const upgraded = await upgrade(daemon, { cookie, origin: url });
    await greet(upgraded);
    if ("socket" in upgraded) sockets.push(upgraded.socket);
  }
  const closed = once(sockets[0] as WebSocket, "close");
  expect(await signOut(daemon, leaving)).toBe(204);
  expect((await closed)[0]).toBe(socketCloseCodes.unauthorized);
  expect(await streams[0]?.text()).toContain('"code":"unauthorized"');
  expect([await whoAmI(daemon, leaving), await whoAmI(daemon, staying)]).toEqual([401, 200]);
  expect(sockets[1]?.readyState).toBe(WebSocket.OPEN);
  await streams[1]?.body?.cancel();
  sockets[1]?.terminate();
});

test("a restart keeps who is signed in, from the first answer on, and who is signed out", async () => {
  const first = await start();
  const [staying, left] = [await signIn(first), await signIn(first)];
  await signOut(first, left);
  await stop(first);
  const before = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));
  const starting = start({ port: first.port, before });
  const firstStatus = await firstAnswer(first, staying);
  const second = await starting;
  expect([firstStatus, await whoAmI(second, staying), await whoAmI(second, left)]).toEqual([200, 200, 401]);
});

/** Asks again until anybody answers. */
async function firstAnswer(daemon: Daemon, cookie: string): Promise<number> {
  for (;;) {
    try {
      return await whoAmI(daemon, cookie);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

test("a changed token ends every session", async () => {
  const first = await start();
  const cookie = await signIn(first);
  await stop(first);
  await rm(join(home.stateFolder, "token"));
  const second = await start({ port: first.port });
  expect(second.composition.token).not.toBe(first.composition.token);
  expect(await whoAmI(second, cookie)).toBe(401);
});

test("two daemons of one machine do not sign each other's pages in or out", async () => {
  const [one, other] = [await start(), await start({ stateFolder: join(home.folder, "other") })];
  // A browser keeps both, and sends both to each.
  const [cookieOfOne, cookieOfOther] = [await signIn(one), await signIn(other)];
  const both = `${cookieOfOne}; ${cookieOfOther}`;
  expect([await whoAmI(one, both), await whoAmI(other, both)]).toEqual([200, 200]);
  const foreign = `lathe-session-${other.port}=${cookieOfOne.split("=")[1]}`;
  expect([await whoAmI(other, cookieOfOne), await whoAmI(other, foreign)]).toEqual([401, 401]);
  const headers = { cookie: both, origin: one.url };
  expect((await fetch(`${other.url}/api/session`, { method: "DELETE", headers })).status).toBe(403);
  expect(await signOut(one, both)).toBe(204);
  expect([await whoAmI(one, both), await whoAmI(other, both)]).toEqual([401, 200]);
});
