// One command at a time: a folder that only one can make, with the ids of the processes that work behind it.
//
// Node built-ins only, plain JavaScript: it runs on whatever Node the machine has (20 or newer).

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const POLL_MS = 250;
// A lock without a process id is young for a moment only, between mkdir and the write of the id.
// A signal may end us and leave the lock behind: the next command sees that its ids are dead, and takes it.
const UNSIGNED_LOCK_GRACE_MS = 5_000;

/** Waits until it is ours, and tells once that it waits. Throws where the folder cannot be made. */
export function takeLock(folder, tellWaiting) {
  let told = false;
  while (!tryTakeLock(folder)) {
    if (!told) tellWaiting();
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    if (isAbandoned(folder)) releaseLock(folder);
  }
}

/** Whoever else works behind the lock: as long as one of them lives, it is held. */
export function signLock(folder, ...pids) {
  writeFileSync(join(folder, "pids"), [process.pid, ...pids].join(" "));
}

export function releaseLock(folder) {
  rmSync(folder, { recursive: true, force: true });
}

function tryTakeLock(folder) {
  try {
    mkdirSync(folder);
  } catch (cause) {
    if (cause.code === "EEXIST") return false;
    throw cause;
  }
  signLock(folder);
  return true;
}

function isAbandoned(folder) {
  try {
    const pids = readFileSync(join(folder, "pids"), "utf8").split(" ").map(Number);
    if (pids[0] > 0) return !pids.some(isAlive);
  } catch {
    // No id yet: judged by its age below.
  }
  const lock = statSync(folder, { throwIfNoEntry: false });
  return lock !== undefined && Date.now() - lock.mtimeMs > UNSIGNED_LOCK_GRACE_MS;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause.code === "EPERM";
  }
}
