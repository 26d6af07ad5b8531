// The store's own marks: which format it is of, and up to where versions may have been used.
import { StorageDamagedError } from "@lathe/kernel";
import { isIntact } from "../core/row-checksum.ts";
import { nameOf } from "../core/stored-key.ts";
import type { Database } from "./open-database.ts";

// Rows of the second format have checksums. Those of the first are read as they are, and get one when they are written
// again.
const formatVersion = 2;

const formatKey = Buffer.from("\x01format");
export const versionsKey: Buffer = Buffer.from("\x01versions");
/** When everything was last read through, and what was found. */
export const verifiedKey: Buffer = Buffer.from("\x01verified");

/** Whether the file is of this format already, or must be brought to it. */
export type FormatVerdict = "current" | "new or older";

/** Throws where the file is of a newer format, cannot be read, or is not a store of Lathe. */
export function judgeFormat(database: Database, folder: string): FormatVerdict {
  const { found, isEmpty } = readFormat(database, folder);
  if (found === undefined && isEmpty) return "new or older";
  if (found === undefined) {
    throw new Error(
      `The LMDB file in ${folder} was not written by Lathe, or is damaged. Use another state folder, or restore a backup.`,
    );
  }
  if (Number(found) === formatVersion) return "current";
  if (Number(found) < formatVersion) return "new or older";
  throw new Error(
    `The store in ${folder} was written by a newer Lathe (format ${found}; this one knows ${formatVersion}). ` +
      "Start that version, or use another state folder.",
  );
}

function readFormat(
  database: Database,
  folder: string,
): { readonly found: string | undefined; readonly isEmpty: boolean } {
  try {
    const stored = database.get(formatKey);
    if (stored !== undefined) return { found: "text" in stored ? stored.text : "", isEmpty: false };
    return {
      found: undefined,
      isEmpty: [...database.getKeys({ start: Buffer.of(0), limit: 1 })].length === 0,
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The store in ${folder} is damaged (${reason}). See what is with: lathe state verify; then restore a backup.`,
      { cause },
    );
  }
}

/** Settles when the file is durably of the current format. */
export async function writeFormat(database: Database): Promise<void> {
  await database.put(formatKey, Buffer.from(String(formatVersion)), 1);
}

/** The last version that may have been used; 0 in a new store. Throws StorageDamagedError. */
export function readVersionsMark(database: Database): number {
  const text = readMark(database, versionsKey) ?? "0";
  const mark = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(mark)) throw damaged(versionsKey);
  return mark;
}

/** The text of a mark; undefined where there is none. Throws StorageDamagedError. */
export function readMark(database: Database, key: Buffer): string | undefined {
  const entry = database.getEntry(key);
  if (entry === undefined) return undefined;
  if (!("text" in entry.value) || !isIntact(entry.value, key, entry.version as number)) throw damaged(key);
  return entry.value.text;
}

function damaged(key: Buffer): StorageDamagedError {
  return new StorageDamagedError(
    `Damage in ${nameOf(key)} of the store. See what else is with: lathe state verify; then restore a backup.`,
  );
}
