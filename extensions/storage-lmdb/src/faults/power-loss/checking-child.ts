// Opens one image after the other, and says of each whether everything acknowledged is there and all of it is whole. It
// may crash on one: that is an answer too.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Storage } from "@lathe/kernel";
import { openDatabase } from "../../edge/open-database.ts";
import { walkDatabase } from "../../edge/walk-database.ts";
import { openTestStore, readRows } from "../../test-store.ts";
import { problemOf } from "./judge-image.ts";
import type { Expectation } from "./workload.ts";

process.on("uncaughtException", endWith);
process.on("unhandledRejection", endWith);

for await (const folder of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ folder, problem: await examine(folder) }));
}

async function examine(folder: string): Promise<string | null> {
  const expectation = JSON.parse(await readFile(join(folder, "expected.json"), "utf8")) as Expectation;
  try {
    const { store } = await openTestStore(join(folder, "store"));
    const storage = store.namespace("one");
    const problem = problemOf(await readRows(storage, []), expectation);
    if (problem === null) await goOn(storage);
    await store.close();
    return problem ?? (await walk(join(folder, "store")));
  } catch (failure) {
    return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
  }
}

/** What is left of the store is a store that takes commits. */
async function goOn(storage: Storage): Promise<void> {
  for (let count = 0; count < 5; count++) {
    await storage.commit({
      puts: [{ key: ["after", count], value: "y".repeat(5_000) }],
      deletes: [["row", count]],
    });
  }
}

async function walk(folder: string): Promise<string | null> {
  const database = openDatabase(folder, { readOnly: true });
  const { findingCount, findings } = await walkDatabase(database, () => undefined);
  await database.close();
  return findingCount === 0 ? null : `${findings[0]?.where}: ${findings[0]?.problem}`;
}

function endWith(failure: unknown): never {
  console.error(String(failure));
  process.exit(1);
}
