// H10s: the repository itself holds no credential, not even an invented one: tests make theirs at run time.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { redactWhole } from "./redact-whole.ts";
import { shapeScanner } from "./shapes/shape-scanner.ts";

const root = join(import.meta.dirname, "../../..");

// A copy that was not cloned knows nothing of what is tracked.
test.skipIf(!existsSync(join(root, ".git")))("H10s: no file that git tracks holds a literal token", () => {
  const files = trackedFiles();
  const found = files.filter((file) => holdsToken(readFileSync(join(root, file), "utf8")));
  expect(files.length).toBeGreaterThan(100);
  expect(found).toEqual([]);
});

/** Word by word: beside its name anything could be a secret, and tests of how pairs are read need some. */
function holdsToken(text: string): boolean {
  const words = text.match(/[\w.+/=-]{12,}/g) ?? [];
  const blocks = text.match(/-----BEGIN [\s\S]{20,400}/g) ?? [];
  return [...new Set([...words, ...blocks])].some((word) => redactWhole(shapeScanner, word) !== word);
}

function trackedFiles(): readonly string[] {
  const options = { cwd: root, encoding: "utf8", maxBuffer: 64_000_000 } as const;
  const listed = execFileSync("git", ["ls-files", "-z", "--cached"], options).split("\0");
  return listed.filter(
    (file) => existsSync(join(root, file)) && !/(?:^|\.)(?:png|jpg|gz|ico|woff2)?$/.test(file),
  );
}
