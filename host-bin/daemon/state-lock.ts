// One daemon per state folder.
//
// The lock is SQLite's exclusive lock on the empty file `lock`: a lock of the kernel on the file, taken in one step.
// Whoever dies, however it dies, lets go of it; so there is no stale lock to judge by process ids, and of two that
// start at once exactly one gets it. It is not inherited by the commands that tools start. A lock file made with
// O_EXCL would outlive `kill -9`; a listening socket would leave its path behind, and is not seen from another
// container that shares the folder.
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readLiveRecord } from "./daemon-record.ts";

// Of two that begin at the same moment each may hold a part of the lock for an instant; SQLite waits and tries again.
const waitMs = 100;
const attemptCountMax = 10;

/** Another process holds the state folder. */
export class StateInUseError extends Error {
  readonly code = "state-in-use";
  readonly pid: number | null;
  readonly url: string | null;

  constructor(stateFolder: string, pid: number | null, url: string | null) {
    super(sentence(stateFolder, pid, url));
    this.name = "StateInUseError";
    this.pid = pid;
    this.url = url;
  }
}

/** Takes the lock and returns how to let go of it. Throws StateInUseError. */
export function takeStateLock(stateFolder: string): () => void {
  const database = openLockFile(stateFolder);
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.exec("BEGIN EXCLUSIVE");
      return hold(database);
    } catch (cause) {
      const holder = isBusy(cause) ? readLiveRecord(stateFolder) : undefined;
      // Whoever has not written its record yet may itself be about to let go.
      if (isBusy(cause) && holder === undefined && attempt < attemptCountMax) continue;
      database.close();
      if (!isBusy(cause)) throw cause;
      throw new StateInUseError(stateFolder, holder?.pid ?? null, holder?.url ?? null);
    }
  }
}

// A database that nobody refers to is collected, and its lock with it.
const held = new Set<DatabaseSync>();

function hold(database: DatabaseSync): () => void {
  held.add(database);
  return () => {
    if (held.delete(database)) database.close();
  };
}

/** Whether somebody holds the lock now. Takes it for a moment where nobody does. */
export function isStateLocked(stateFolder: string): boolean {
  try {
    takeStateLock(stateFolder)();
    return false;
  } catch (cause) {
    if (cause instanceof StateInUseError) return true;
    throw cause;
  }
}

function openLockFile(stateFolder: string): DatabaseSync {
  const path = join(stateFolder, "lock");
  // SQLite would make it readable for others, as far as the umask lets it.
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  closeSync(openSync(path, flags, 0o600));
  return new DatabaseSync(path, { timeout: waitMs });
}

// SQLITE_BUSY
function isBusy(cause: unknown): boolean {
  return cause instanceof Error && "errcode" in cause && cause.errcode === 5;
}

function sentence(stateFolder: string, pid: number | null, url: string | null): string {
  const holder = pid === null ? "A Lathe daemon" : `A Lathe daemon (process ${pid})`;
  const where = url === null ? "is starting or stopping" : `is already running on ${url}`;
  const stop = pid === null ? "" : `, stop it with: kill ${pid}`;
  return `${holder} ${where} with the state folder ${stateFolder}. Use it${stop}, or choose another folder with --state.`;
}
