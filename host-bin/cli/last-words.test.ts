import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";

const module = JSON.stringify(new URL("./last-words.ts", import.meta.url).href);

test.each([
  { ending: "an error that nobody caught", code: 'setTimeout(() => { throw new Error("lost") }, 1)' },
  { ending: "a rejection that nobody handled", code: 'Promise.reject(new Error("lost"))' },
  { ending: "a fatal failure", code: 'endProcess(new Error("lost"))' },
])("$ending ends the process with 70, and says why", async ({ code }) => {
  const source = `import { endOnBrokenPromise, endProcess } from ${module}; endOnBrokenPromise(); ${code};
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: "pipe" });
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(stderr).toContain("Lathe has to end: Error: lost");
  expect(exitCode).toBe(exitCodes.broken);
});

test("H8s: the last words hold no key, neither one of the environment nor one that looks like it", async () => {
  const word = "a quiet word";
  const key = `sk-${"aB3".repeat(16)}`;
  const source = `import { endProcess } from ${module};
    endProcess(new Error("Refused: " + process.env.SOME_API_KEY + " and " + process.argv[1]));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source, key], {
    stdio: "pipe",
    env: { ...process.env, SOME_API_KEY: word },
  });
  const stderr = await text(child.stderr);
  expect(stderr).toContain("Error: Refused: [redacted:secret] and [redacted:openai]");
  expect(stderr).not.toContain(word);
  expect(stderr).not.toContain(key);
});
