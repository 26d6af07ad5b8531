import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";

const load = createRequire(import.meta.url);
const { URL: OwnUrl } = load("./url.cjs") as { URL: typeof URL };
const own = load("./clone.cjs") as { structuredClone: typeof structuredClone };

const parts = [
  "href",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
] as const;

describe("URL", () => {
  test.each([
    ["https://user:pw@Example.com:8080/a/b/../c?x=1&y=2#top", undefined],
    ["http://example.com:80", undefined],
    ["https://[::1]:443/a b/é", undefined],
    ["mailto:someone@example.com", undefined],
    ["file:///etc/hosts", undefined],
    ["../up?q#h", "https://example.com/a/b/c?old#old"],
    ["/root", "https://example.com:8443/a/b"],
    ["//other.org/x", "https://example.com/a"],
    ["?only=query", "https://example.com/a/b?old"],
    ["#only", "https://example.com/a/b?kept"],
    ["", "https://example.com/a/b?kept#gone"],
    ["https://absolute.org/", "https://example.com/a"],
  ])("%s seen from %s has the parts that the platform's has", (reference, base) => {
    const [mine, theirs] = [new OwnUrl(reference, base), new URL(reference, base)];
    expect(parts.map((part) => mine[part])).toEqual(parts.map((part) => theirs[part]));
    expect([`${mine}`, JSON.stringify(mine)]).toEqual([`${theirs}`, JSON.stringify(theirs)]);
  });

  test.each(["", "no scheme", "https://", "https://a b/", "http://x:99999/", "//x"])("%j is none", (text) => {
    expect([OwnUrl.canParse(text), URL.canParse(text)]).toEqual([false, false]);
    expect(() => new OwnUrl(text)).toThrow(new TypeError("Invalid URL"));
  });

  test("its query is read by name", () => {
    const { searchParams } = new OwnUrl("https://x.org/?a=1&b=two+words&a=%C3%A9&empty");
    expect([...searchParams]).toEqual([
      ...new URL("https://x.org/?a=1&b=two+words&a=%C3%A9&empty").searchParams,
    ]);
    expect([
      searchParams.get("a"),
      searchParams.getAll("a"),
      searchParams.has("c"),
      searchParams.get("c"),
    ]).toEqual(["1", ["1", "é"], false, null]);
  });
});

describe("structuredClone", () => {
  test("copies plain data, collections and dates, and keeps cycles and shared parts", () => {
    const shared = { s: 1 };
    const value: Record<string, unknown> = {
      list: [shared, shared, undefined, 3],
      map: new Map([["k", new Set([1, 2])]]),
      date: new Date(5),
      ["__proto__"]: { own: true },
    };
    value.self = value;
    const copy = own.structuredClone(value);
    expect(copy).toEqual(value);
    expect(copy).not.toBe(value);
    expect(copy.self).toBe(copy);
    const list = copy.list as unknown[];
    expect(list[0]).toBe(list[1]);
    expect(list[0]).not.toBe(shared);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(own.structuredClone(new RangeError("far"))).toMatchObject({ name: "RangeError", message: "far" });
  });

  test.each([
    [() => 1],
    [Symbol("s")],
    [{ deep: [() => 1] }],
    [Promise.resolve()],
    [new WeakMap()],
  ])("refuses what is no data", (value) => {
    expect(() => own.structuredClone(value)).toThrow(expect.objectContaining({ name: "DataCloneError" }));
  });

  test("refuses what is nested too deep before the stack is used up", () => {
    let deep: unknown[] = [];
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(() => own.structuredClone(deep)).toThrow("nested more than 1000 levels");
  });
});
