import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonValue } from "@lathe/kernel";
import { expect, test } from "vitest";
import { verifyStore } from "../../edge/verify-store.ts";
import { openTestStore, quietly, withFolder } from "../../test-store.ts";
import { startChild } from "../child.ts";
import { RandomNumbers } from "../random-numbers.ts";
import { blobTexts, contentOf } from "./content.ts";

const flipCount = 150;
const pageBytes = 4_096;

test("Z8: one changed byte anywhere in the file is noticed or does no harm, and is never shown as what was stored", async () => {
  await withFolder(async (parent) => {
    const whole = join(parent, "whole");
    await makeStore(whole, parent);
    const seed = Date.now() % 2 ** 31;
    const folders = await flipBytes(whole, parent, new RandomNumbers(seed));
    const outcomes = await examineAll(folders, join(parent, "contents.json"));
    const wrong = outcomes.filter((outcome) => outcome.startsWith("WRONG"));
    expect(wrong, `seed ${seed}`).toEqual([]);
    const kinds = new Set(outcomes.map((outcome) => outcome.split(" ")[0]));
    expect([...kinds]).toEqual(expect.arrayContaining(["harmless", "detected"]));
    for (const [at, outcome] of outcomes.entries()) {
      // What ends a process that reads it is said by the helper, whose end is a finding.
      if (outcome !== "crashed") continue;
      const { findingCount } = await verifyStore(folders[at] as string, { ...quietly, alone: true });
      expect(findingCount, `seed ${seed}, flip ${at}`).toBeGreaterThan(0);
    }
  });
}, 120_000);

/** Rows of all sizes on several levels of the tree, blobs, and pages that are free. */
async function makeStore(folder: string, parent: string): Promise<void> {
  await mkdir(folder);
  const { store } = await openTestStore(folder);
  const storage = store.namespace("one");
  const value = (at: number): JsonValue => ({ owner: `user ${at}`, text: "x".repeat((at * 37) % 1_500) });
  for (let at = 0; at < 400; at++)
    await storage.commit({ puts: [{ key: ["row", at], value: value(at) }], deletes: [["row", at - 200]] });
  for (const text of blobTexts) await storage.blobs.put(Buffer.from(text));
  const before = await contentOf(storage);
  await storage.commit({ puts: [{ key: ["last"], value: "the last commit" }] });
  const now = await contentOf(storage);
  await store.close();
  await writeFile(join(parent, "contents.json"), JSON.stringify({ now, before }));
}

async function flipBytes(whole: string, parent: string, random: RandomNumbers): Promise<string[]> {
  const content = await readFile(join(whole, "data.mdb"));
  const folders: string[] = [];
  for (let flip = 0; flip < flipCount; flip++) {
    const folder = join(parent, `flip-${flip}`);
    await mkdir(folder);
    const damaged = Buffer.from(content);
    const at = placeOf(flip, content.length, random);
    damaged[at] = (damaged[at] as number) ^ (1 + random.below(255));
    await writeFile(join(folder, "data.mdb"), damaged);
    folders.push(folder);
  }
  return folders;
}

/** Anywhere, or in the two heads, or at the begin of a page, where LMDB keeps what it needs to find things. */
function placeOf(flip: number, length: number, random: RandomNumbers): number {
  if (flip % 3 === 0) return random.below(length);
  if (flip % 3 === 1) return random.below(2) * pageBytes + random.below(200);
  return random.below(length / pageBytes) * pageBytes + random.below(64);
}

async function examineAll(folders: readonly string[], contents: string): Promise<string[]> {
  const outcomes: string[] = [];
  while (outcomes.length < folders.length) {
    const lines = await examine(folders.slice(outcomes.length), contents);
    outcomes.push(...lines);
    const suspect = folders[outcomes.length];
    // What ended the process may have been broken by one of those before.
    if (suspect !== undefined) outcomes.push((await examine([suspect], contents))[0] ?? "crashed");
  }
  return outcomes;
}

/** One outcome for each folder, as far as one process came. */
async function examine(folders: readonly string[], contents: string): Promise<readonly string[]> {
  const child = startChild("flips/flip-child.ts", [contents]);
  child.process.stdin?.on("error", () => undefined);
  child.process.stdin?.end(folders.join("\n"));
  const hung = setTimeout(() => child.process.kill("SIGKILL"), 60_000);
  await child.ended;
  clearTimeout(hung);
  return child.lines;
}
