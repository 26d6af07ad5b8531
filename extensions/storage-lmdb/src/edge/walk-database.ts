// Reads everything that is stored, page by page. No reading transaction outlives a page, so that the space of what is
// deleted meanwhile can be used again.
import { setImmediate } from "node:timers/promises";
import { StorageDamagedError } from "@lathe/kernel";
import { getLastVersion } from "lmdb";
import { blobTag, nameOf } from "../core/stored-key.ts";
import { type Walk, type WalkedEntry, WalkReport } from "../core/walk-report.ts";
import { readVersionsMark } from "./marks.ts";
import { type Database, sizesOf } from "./open-database.ts";

const pageEntryCountMax = 200;
const pageBytesMax = 2 ** 20;

/** Never rejects for what is damaged: that is a finding, and what lies behind it is read as far as can be. */
export async function walkDatabase(
  database: Database,
  tell: (doneCount: number, totalCount: number) => void,
): Promise<Walk> {
  const report = new WalkReport();
  try {
    const before = sizesOf(database);
    await readAll(database, report, () => tell(report.entryCount, before.entryCount));
    // One behind the other, since a cursor may miss, or count twice, what a search for the next page finds.
    const inOrderCount = database.getKeysCount({ start: Buffer.alloc(1) });
    const { entryCount, lastCommit } = sizesOf(database);
    const differing = [report.entryCount, inOrderCount].find((count) => count !== entryCount);
    // Only where nothing was written meanwhile do the numbers have to agree.
    if (lastCommit === before.lastCommit && differing !== undefined)
      report.find("the file", `It holds ${entryCount} entries, and ${differing} can be reached.`);
  } catch (cause) {
    report.find("the file", `It cannot be read further: ${cause instanceof Error ? cause.message : cause}`);
  }
  return report.end();
}

/** Throws where it cannot go on. */
async function readAll(database: Database, report: WalkReport, tell: () => void): Promise<void> {
  for (let last: Buffer = Buffer.alloc(1); ; ) {
    const page = readPage(database, last);
    for (const entry of page) {
      if (Buffer.compare(entry.key, last) <= 0)
        throw new Error(`The keys behind ${nameOf(last)} are out of order.`);
      last = entry.key;
      report.add(entry);
    }
    if (page.length === 0) return;
    tell();
    database.resetReadTxn();
    await setImmediate();
  }
}

function readPage(database: Database, after: Buffer): readonly WalkedEntry[] {
  const versionsMark = versionsMarkOf(database);
  const entries: WalkedEntry[] = [];
  let bytes = 0;
  // Its types do not know `values`, which spares reading large blobs before it is known that there is room for them.
  // The keys first, since the values of a page may be more than there is room for.
  const query = { start: after, exclusiveStart: true, limit: pageEntryCountMax };
  for (const shared of database.getKeys(query)) {
    const key = Buffer.from(shared);
    const value = key[0] === blobTag ? database.getBinary(key) : database.get(key);
    if (value === undefined) throw new Error(`${nameOf(key)} is listed and cannot be found.`);
    entries.push({ key, version: getLastVersion(), value, versionsMark });
    bytes += value instanceof Uint8Array ? value.length : value.text.length;
    if (bytes >= pageBytesMax) break;
  }
  return entries;
}

function versionsMarkOf(database: Database): number {
  try {
    return readVersionsMark(database);
  } catch (cause) {
    // Its own entry says so; the others can be looked at without it.
    if (cause instanceof StorageDamagedError) return Number.MAX_SAFE_INTEGER;
    throw cause;
  }
}
