import fc from "fast-check";
import { expect, test } from "vitest";
import { pageCookieName, readPageCookie, setPageCookie } from "./page-cookie.ts";
import { collectHeaders } from "./request-head.ts";

const read = (needsOrigin: boolean, ...rawHeaders: string[]): unknown => {
  const outcome = readPageCookie(collectHeaders(["Host", "localhost:1", ...rawHeaders]), needsOrigin);
  return outcome.kind === "counts" ? outcome.secret : outcome.kind;
};
const cookie = ["cookie", "a=b; lathe-session-1=x.y; c"];
const origin = ["origin", "http://localhost:1"];
const site = (value: string): string[] => ["sec-fetch-site", value];

test("A14: a cookie counts where a page of ours asks: by the Origin, or for reading by Sec-Fetch-Site", () => {
  expect([
    read(false, ...cookie, ...origin),
    read(true, ...cookie, ...origin),
    read(false, ...cookie, ...site("same-origin")),
    read(true, ...cookie, ...site("same-origin")),
    read(false, ...cookie),
    read(false, ...cookie, ...site("none")),
    read(false, ...cookie, ...site("Same-Origin")),
    read(false, ...cookie, ...site("same-origin"), ...site("same-origin")),
    read(false, ...cookie, ...site("same-origin"), ...site("cross-site")),
    read(true, ...cookie, ...site("cross-site")),
    read(true, ...cookie, ...origin, ...site("same-site")),
    read(false, ...site("cross-site")),
  ]).toEqual([
    "x.y",
    "x.y",
    "x.y",
    "none",
    "none",
    "none",
    "none",
    "none",
    "foreign",
    "foreign",
    "foreign",
    "none",
  ]);
});

test("of two cookies with its name none counts, in one header or in two", () => {
  expect([
    read(true, ...origin, "cookie", "lathe-session-1=a; lathe-session-1=b"),
    read(true, ...origin, ...cookie, ...cookie),
    read(true, ...origin, "cookie", "lathe-session-1=a;lathe-session-1=a"),
    read(true, ...origin, "cookie", "lathe-session-2=a; lathe-session=b; LATHE-SESSION-1=c"),
    read(true, ...origin, "cookie", "x=lathe-session-1=a"),
    read(true, ...origin, "cookie", "lathe-session-1"),
    read(true, ...origin, "cookie", "lathe-session-1="),
  ]).toEqual(["none", "none", "none", "none", "none", "none", ""]);
});

test("each port has a cookie of its own", () => {
  expect(["127.0.0.1:4646", "[::1]:80", "localhost", "[::1]", "lathe.example"].map(pageCookieName)).toEqual([
    "lathe-session-4646",
    "lathe-session-80",
    "lathe-session",
    "lathe-session",
    "lathe-session",
  ]);
});

test("A14: what a browser is given is for HTTP alone, for this site, and over TLS where the page came by it", () => {
  const plain = collectHeaders(["Host", "localhost:1", ...origin]);
  expect(setPageCookie(plain, "s", 30_000.9)).toBe(
    "lathe-session-1=s; Path=/; Max-Age=30; HttpOnly; SameSite=Strict",
  );
  const encrypted = collectHeaders(["Host", "lathe.example", "Origin", "https://lathe.example"]);
  expect(setPageCookie(encrypted, "", 0)).toBe(
    "lathe-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure",
  );
});

test("what is kept comes back, among whatever other cookies there are", () => {
  const other = fc.stringMatching(/^[a-z]{1,5}=[!-:<-~]{0,9}$/);
  fc.assert(
    fc.property(
      fc.stringMatching(/^[\w.-]{1,80}$/),
      fc.array(other),
      fc.array(other),
      (secret, before, after) => {
        const kept =
          setPageCookie(collectHeaders(["Host", "localhost:1"]), secret, 1_000).split(";")[0] ?? "";
        expect(read(true, ...origin, "cookie", [...before, kept, ...after].join("; "))).toBe(secret);
      },
    ),
  );
});
