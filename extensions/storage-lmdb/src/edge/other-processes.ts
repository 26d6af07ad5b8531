// Who else has a store open.
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./open-database.ts";

// A helper of a daemon that was killed ends itself a moment after it.
const attemptCount = 20;
const pauseMs = 50;

/**
 * Throws, with its number, where another process has the store open. One that reads holds a slot in LMDB's reader table
 * until it ends; slots of dead ones are cleared on opening.
 */
export async function refuseOtherProcesses(
  database: Database,
  folder: string,
  anyKey: Buffer,
): Promise<void> {
  takeSlot(database, anyKey);
  for (let attempt = 1; ; attempt++) {
    const other = otherReaders(database)[0];
    if (other === undefined) return;
    if (attempt === attemptCount) {
      throw new Error(
        `The store in ${folder} is in use by process ${other}. Stop that one, or use another state folder.`,
      );
    }
    await sleep(pauseMs);
    database.readerCheck();
  }
}

/** Done before others are looked for, so that of two that start at once at least one sees the other. */
function takeSlot(database: Database, anyKey: Buffer): void {
  try {
    database.doesExist(anyKey);
  } catch {
    // It has the slot. What is wrong with the file is said by whoever reads it for what is in it.
    database.resetReadTxn();
  }
}

function otherReaders(database: Database): number[] {
  return database
    .readerList()
    .split("\n")
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}
