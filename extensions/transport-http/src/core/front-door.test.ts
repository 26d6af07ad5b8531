import type { Session } from "@lathe/wire";
import { number, strictObject } from "valibot";
import { expect, test } from "vitest";
import { chooseEncoding } from "./content-encoding.ts";
import { eventFrame } from "./event-frame.ts";
import { type DoorRules, judge, judgeUpgrade } from "./front-door.ts";
import { readInput } from "./request-input.ts";

const local: Session = { principal: { id: "local", scopes: ["read"] }, ended: new AbortController().signal };
const rules: DoorRules = {
  allowedHosts: new Set(["127.0.0.1:1"]),
  allowedOrigins: new Set(["http://127.0.0.1:1"]),
  authenticate: (token) => (token === "secret" ? local : undefined),
  bodyBytesMax: 10,
  recognize: () => undefined,
  isPublic: ({ method, path }) => method === "GET" && path === "/livez",
};
const permit = ["Host", "127.0.0.1:1", "authorization", "Bearer secret"];

test("who has a token is let in as whose it is, who has none only where it is public", () => {
  const head = { method: "GET", target: "/livez?a=1", rawHeaders: permit };
  expect(judge(head, rules)).toEqual({
    kind: "admitted",
    session: local,
    cookieSecret: null,
    asked: { method: "GET", path: "/livez", wantsPage: false },
    path: "/livez?a=1",
    hasBody: false,
  });
  expect(judge({ ...head, rawHeaders: permit.slice(0, 2) }, rules)).toMatchObject({
    kind: "admitted",
    session: { principal: { id: "anyone", scopes: ["public"] } },
  });
  expect(judge({ ...head, target: "/livez/", rawHeaders: permit.slice(0, 2) }, rules).kind).toBe("refused");
});

test("A5: an upgrade without a token is let in from an allowed page alone, and is nobody's", () => {
  const host = permit.slice(0, 2);
  const origin = ["origin", "http://127.0.0.1:1"];
  const upgrade = (...rawHeaders: string[]): unknown => {
    const verdict = judgeUpgrade({ method: "GET", target: "/socket?a=1", rawHeaders }, rules);
    return verdict.kind === "admitted" ? [verdict.session, verdict.path] : verdict.answer.status;
  };
  expect([
    upgrade(...permit),
    upgrade(...permit, ...origin),
    upgrade(...host, ...origin),
    upgrade(...host),
    upgrade(...host, ...origin, "authorization", "Bearer wrong"),
    upgrade(...host, ...origin, "authorization", ""),
    upgrade(...host, "origin", ""),
    upgrade(...host, "origin", "null"),
    upgrade(...host, ...origin, ...origin),
    upgrade(...permit, "content-length", "1"),
  ]).toEqual([
    [local, "/socket"],
    [local, "/socket"],
    [undefined, "/socket"],
    401,
    401,
    401,
    403,
    403,
    403,
    400,
  ]);
});

test("a body counts as one however it is announced, and an empty one does not", () => {
  const post = (...headers: string[]): unknown => {
    const verdict = judge({ method: "POST", target: "/", rawHeaders: [...permit, ...headers] }, rules);
    return verdict.kind === "admitted" ? verdict.hasBody : verdict.answer.status;
  };
  const json = ["Content-Type", "application/json"];
  expect([
    post(),
    post("Content-Length", "0"),
    post("Content-Length", "1", ...json),
    post("transfer-encoding", "chunked", ...json),
    post("Content-Length", "11", ...json),
    post("Content-Length", "1"),
  ]).toEqual([false, false, true, true, 413, 415]);
});

test("C14s: 100 KB of adversarial text takes no longer than a reader of one pass", () => {
  const size = 100_000;
  const texts = [
    "a",
    " ",
    "\t",
    ";",
    "/",
    ":",
    "%",
    "=",
    "[",
    "\\",
    '"',
    "charset=",
    "lathe-session-1=",
    "br;q=0.",
    ",",
    "; charset=utf-8",
    "1",
    "-",
    "http://",
    "\r\n",
  ].map((unit) => unit.repeat(Math.ceil(size / unit.length)));
  const schema = strictObject({ count: number() });
  for (const text of texts) {
    const readers: Readonly<Record<string, () => unknown>> = {
      target: () => judge({ method: "GET", target: `http://${text}`, rawHeaders: permit }, rules),
      query: () => judge({ method: "GET", target: `/?${text}`, rawHeaders: permit }, rules),
      type: () =>
        judge(
          {
            method: "POST",
            target: "/",
            rawHeaders: [...permit, "content-length", "1", "content-type", `application/json;${text}`],
          },
          rules,
        ),
      number: () =>
        readInput(schema, { path: { count: text }, query: new URLSearchParams(), bodyText: null }),
      frame: () => eventFrame(text, text),
      cookie: () =>
        judge(
          { method: "GET", target: "/", rawHeaders: [...permit.slice(0, 2), "cookie", text, "accept", text] },
          rules,
        ),
      encoding: () => chooseEncoding(text, { identity: new Uint8Array(), br: new Uint8Array() }),
    };
    for (const [name, read] of Object.entries(readers)) {
      const startedMs = performance.now();
      read();
      // A quadratic pattern would need tens of seconds.
      expect([name, text.slice(0, 5), performance.now() - startedMs < 1_000]).toEqual([
        name,
        text.slice(0, 5),
        true,
      ]);
    }
  }
});
