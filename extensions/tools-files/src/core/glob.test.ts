import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlob } from "./glob.ts";

test.each([
  ["*.ts", "a.ts", true],
  ["*.ts", "deep/in/a.ts", true],
  ["*.ts", "a.tsx", false],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["src/*.ts", "src/a.ts", true],
  ["src/*.ts", "src/in/a.ts", false],
  ["src/**/*.ts", "src/a.ts", true],
  ["src/**/*.ts", "src/x/y/a.ts", true],
  ["**/test/**", "a/test/b/c", true],
  ["./src/*", "src/a", true],
  ["/src/*", "src/a", true],
  ["*.{js,ts}", "a.ts", true],
  ["*.{js,ts}", "a.css", false],
  ["{a,b}/{c,d}.md", "b/c.md", true],
  ["[a].md", "[a].md", true],
  ["a.c", "abc", false],
  ["", "a", false],
])("%j on %j is %j", (pattern, path, expected) => {
  expect(compileGlob(pattern)(path)).toBe(expected);
});

test("a text without signs matches itself alone", () => {
  const plain = fc.string({ minLength: 1 }).filter((text) => !/[*?{}/]/.test(text));
  fc.assert(
    fc.property(plain, plain, (left, right) => {
      expect(compileGlob(left)(right)).toBe(left === right);
    }),
  );
});

test("C14s: a hostile pattern takes no more steps than pattern and path are long", () => {
  const hostile = `${"*a".repeat(240)}b`;
  expect(compileGlob(hostile)("a".repeat(250))).toBe(false);
  expect(compileGlob(`${"**/".repeat(150)}x`)("a/".repeat(150))).toBe(false);
});

test("too many alternatives are refused before they are made", () => {
  expect(() => compileGlob("{a,b}".repeat(30))).toThrow(RangeError);
});
