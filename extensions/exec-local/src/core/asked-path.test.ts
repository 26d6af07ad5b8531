import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAskedPath } from "./asked-path.ts";

const roots = ["/home/ann/project", "/data/project"];
const parse = (asked: string) => parseAskedPath(asked, roots);

describe("a path inside", () => {
  test.each([
    ["", []],
    [".", []],
    ["notes.md", ["notes.md"]],
    ["./a//b/../c/", ["a", "c"]],
    ["/home/ann/project", []],
    ["/home/ann/project/a/b", ["a", "b"]],
    ["/data/project/a", ["a"]],
    ["/home/ann/project/../project/a", ["a"]],
    ["~backup", ["~backup"]],
    ["a b;c$(d)", ["a b;c$(d)"]],
  ])("%j is followed by its names", (asked, names) => {
    expect(parse(asked)).toEqual({ kind: "inside", names });
  });
});

describe("D1: a path that climbs or is of another kind is refused before anything is opened", () => {
  test.each([
    ["../secret", "outside-root"],
    ["a/../../secret", "outside-root"],
    ["/etc/passwd", "outside-root"],
    ["/", "outside-root"],
    ["/..", "outside-root"],
    ["/proc/self/root/home/ann/project/a", "outside-root"],
    ["/dev/fd/3", "outside-root"],
    ["//server/share", "outside-root"],
    ["~", "invalid-path"],
    ["~/x", "invalid-path"],
    ["a\0b", "invalid-path"],
    ["file:///etc/passwd", "invalid-path"],
    ["file:/etc/passwd", "invalid-path"],
    ["FILE:x", "invalid-path"],
    ["https://example.org/x", "invalid-path"],
    ["\\\\server\\share", "invalid-path"],
    ["C:\\Windows", "invalid-path"],
  ])("%j is %s", (asked, code) => {
    expect(parse(asked)).toMatchObject({ kind: "refused", code });
  });
});

test("D2: a folder whose name only begins like the root is outside", () => {
  expect(parse("/home/ann/project-evil/a")).toMatchObject({ kind: "refused", code: "outside-root" });
  expect(parse("../project-evil/a")).toMatchObject({ kind: "refused", code: "outside-root" });
});

test("D1: no path whatever leaves a name that climbs, stands still or holds a slash", () => {
  const part = fc.constantFrom("..", ".", "", "a", "~", "/", "home", "ann", "project", "\0", "…");
  const asked = fc.oneof(
    fc.string(),
    fc.array(part).map((parts) => parts.join("/")),
  );
  fc.assert(
    fc.property(asked, (path) => {
      const result = parse(path);
      const names = result.kind === "inside" ? result.names : [];
      expect(names.filter((name) => /^\.{0,2}$|[/\0]/.test(name))).toEqual([]);
    }),
  );
});
