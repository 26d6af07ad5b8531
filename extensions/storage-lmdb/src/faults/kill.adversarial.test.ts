import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Row, Storage } from "@lathe/kernel";
import { expect, test } from "vitest";
import { openTestStore, withFolder } from "../test-store.ts";
import { startChild } from "./child.ts";

const roundCount = 10;

test("C1 kill -9: nothing acknowledged is missing, no commit is half there, and no version comes twice", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await mkdir(folder);
    const acknowledged = new Map<string, number>();
    let highest = 0;
    for (let round = 0; round < roundCount; round++) {
      const { acks, begun } = await runUntilKilled(folder, round);
      expect(acks.size).toBeGreaterThan(0);
      expect(begun.size).toBeGreaterThan(acks.size);
      expect(Math.min(...acks.values())).toBeGreaterThan(highest);
      for (const [name, version] of acks) acknowledged.set(name, version);
      highest = await checkStore(folder, acknowledged, highest);
    }
    expect(new Set(acknowledged.values()).size).toBe(acknowledged.size);
  });
}, 120_000);

/** Lets a child commit, kills it at a random moment after a random number of acknowledgements, and tells what it said. */
async function runUntilKilled(
  folder: string,
  round: number,
): Promise<{ readonly acks: Map<string, number>; readonly begun: Set<string> }> {
  let left = 1 + Math.floor(Math.random() * 300);
  const child = startChild("committing-child.ts", [folder, String(round)], {}, (line) => {
    if (line.startsWith("ack") && --left === 0)
      setTimeout(() => child.process.kill("SIGKILL"), Math.random() * 20);
  });
  expect(await child.ended, child.errorText()).toEqual({ code: null, signal: "SIGKILL" });
  const words = child.lines.map((line) => line.split(" "));
  return {
    acks: new Map(
      words.filter(([verb]) => verb === "ack").map(([, name = "", version]) => [name, Number(version)]),
    ),
    begun: new Set(words.filter(([verb]) => verb === "begin").map(([, name = ""]) => name)),
  };
}

/** Opens what is left, compares it with what was acknowledged, and returns the highest version that is there. */
async function checkStore(
  folder: string,
  acknowledged: Map<string, number>,
  before: number,
): Promise<number> {
  const { store } = await openTestStore(folder);
  const storage = store.namespace("one");
  const rows = await readAll(storage, "row");
  const twins = await readAll(storage, "twin");
  for (const [name, version] of acknowledged) expect(rows.get(name), name).toBe(version);
  // Both rows of a commit are there, or neither, also of the commits that were under way.
  expect(twins).toEqual(rows);
  expect(new Set(rows.values()).size).toBe(rows.size);
  await store.close();
  return Math.max(before, ...rows.values());
}

async function readAll(storage: Storage, prefix: string): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  for (let page: readonly Row[] = []; ; ) {
    const after = page.at(-1)?.key;
    page = await storage.list({ prefix: [prefix], limit: 1_000, ...(after === undefined ? {} : { after }) });
    for (const { key, version } of page) versions.set(String(key[1]), version);
    if (page.length < 1_000) return versions;
  }
}
