import { expect, test } from "vitest";
import { readWishes, type Wish } from "./wishes.ts";

const list = (changed: Partial<Extract<Wish, { kind: "list" }>> = {}): Wish => ({
  kind: "list",
  path: ".",
  recursive: false,
  largest: false,
  readLargest: false,
  ...changed,
});
const read = (path: string): Wish => ({ kind: "read", path });
const search = (pattern: string): Wish => ({ kind: "search", pattern });
const run = (command: string): Wish => ({ kind: "run", command });
const write = (path: string, content: string): Wish => ({ kind: "write", path, content });

const understood: readonly (readonly [string, readonly Wish[]])[] = [
  ["list the files in this folder and tell me which is the largest", [list({ largest: true })]],
  ["List the files.", [list()]],
  ["ls", [list()]],
  ["what files are here?", [list()]],
  ["Which is the biggest file in src?", [list({ path: "src", largest: true })]],
  ["list the files in the src/core folder", [list({ path: "src/core" })]],
  ["list all files recursively", [list({ recursive: true })]],
  ["find the largest file including subfolders", [list({ largest: true, recursive: true })]],
  ["summarize the largest file here", [list({ largest: true, readLargest: true })]],
  ["read README.md", [read("README.md")]],
  ["Please summarize src/main.ts.", [read("src/main.ts")]],
  ["what is in package.json and LICENSE?", [read("package.json"), read("LICENSE")]],
  [
    "list the files and tell me which is the largest, then read README.md",
    [list({ largest: true }), read("README.md")],
  ],
  ['search for "TODO"', [search("TODO")]],
  ["search the project for the word needle", [search("needle")]],
  ["grep for needle in src", [search("needle")]],
  ["find the word needle.", [search("needle")]],
  ["run npm test", [run("npm test")]],
  ["!echo hi && ls", [run("echo hi && ls")]],
  ["Run `uname -a` and read notes.txt", [read("notes.txt"), run("uname -a")]],
  ["execute the command: date", [run("date")]],
  ["write a file notes.txt with hello world", [write("notes.txt", "hello world")]],
  ["create a file called docs/a.md containing the text 'one two'", [write("docs/a.md", "one two")]],
  ['write "hello there" to hello.txt', [write("hello.txt", "hello there")]],
  ["create empty.txt", [write("empty.txt", "")]],
];

test.each(understood)("%s", (words, wishes) => {
  expect(readWishes(words)).toEqual(wishes);
});

test.each([
  "",
  "   ",
  "hello",
  "What is the meaning of life?",
  "Thank you!",
  "!",
  "run",
])("%j is not understood as a wish", (words) => {
  expect(readWishes(words)).toEqual([]);
});

test("long and hostile words are read in time that grows with their length only", () => {
  const hostile = [
    "/".repeat(50_000),
    "a.".repeat(25_000),
    "write ".repeat(10_000),
    `search ${"for ".repeat(10_000)}`,
  ];
  for (const words of hostile) expect(Array.isArray(readWishes(words))).toBe(true);
}, 5_000);
