// Opens one damaged copy of a store after the other and says what it met. It may crash on one.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openDatabase } from "../../edge/open-database.ts";
import { walkDatabase } from "../../edge/walk-database.ts";
import { openTestStore } from "../../test-store.ts";
import { contentOf } from "./content.ts";

const [whole = ""] = process.argv.slice(2);
const { now, before } = JSON.parse(await readFile(whole, "utf8")) as { now: string; before: string };

for await (const folder of createInterface({ input: process.stdin })) console.log(await examine(folder));
process.exit(0);

async function examine(folder: string): Promise<string> {
  const opened = await openTestStore(folder).catch((failure: Error) => failure);
  if (opened instanceof Error) return `refused ${opened.message}`;
  const { store } = opened;
  const content = await contentOf(store.namespace("one")).catch((failure: Error) => failure);
  await store.close();
  if (content instanceof Error) return `detected ${content.name}`;
  if (content === now) return "harmless";
  // The last commit is gone as a whole, as if the disk had not flushed it: what is left is what was there before it.
  if (content === before) return "rolled back";
  return (await findingCountOf(folder)) > 0 ? "detected by a walk" : `WRONG ${join(folder, "data.mdb")}`;
}

async function findingCountOf(folder: string): Promise<number> {
  const database = openDatabase(folder, { readOnly: true });
  const { findingCount } = await walkDatabase(database, () => undefined);
  await database.close();
  return findingCount;
}
