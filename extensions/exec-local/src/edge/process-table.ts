// The processes of this machine, as proc(5) shows them.
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { type ProcessRow, parseProcessStat } from "../core/process-tree.ts";
import { systemCode } from "../core/system-code.ts";

/**
 * Reads one process; undefined where it is gone. The kernel answers from memory, so this does not wait.
 * Throws where it cannot be known, as with too many open files.
 */
export function readProcess(pid: number): ProcessRow | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch (cause) {
    if (isGone(cause)) return undefined;
    throw cause;
  }
}

function isGone(cause: unknown): boolean {
  const code = systemCode(cause);
  return code === "ENOENT" || code === "ESRCH";
}

const rowsAtOnce = 64;

/**
 * The processes that started at `startTicks` or later, without this one, in batches with the highest numbers first:
 * those are the newest, and of what forks and dies the newest matters. Throws where they cannot be read.
 */
export async function* readProcessesSince(startTicks: number): AsyncIterable<readonly ProcessRow[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  pids.sort((left, right) => right - left);
  for (let start = 0; start < pids.length; start += rowsAtOnce) {
    const rows = pids.slice(start, start + rowsAtOnce).map(readProcess);
    yield rows.filter((row) => row !== undefined).filter((row) => row.startTicks >= startTicks);
    // A machine with thousands of processes must not hold up everything else.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Whether the process was started with a variable in its environment that begins with this, `NAME=value`; undefined
 * where it is gone, or just now becoming another program. Throws where it cannot be known.
 */
export async function isMarked(row: ProcessRow, beginning: string): Promise<boolean | undefined> {
  try {
    const environ = await readFile(`/proc/${row.pid}/environ`, "latin1");
    return environ === "" ? undefined : `\0${environ}`.includes(`\0${beginning}`);
  } catch (cause) {
    if (isGone(cause)) return undefined;
    // Another user's, so none that we could end.
    if (systemCode(cause) === "EACCES" || systemCode(cause) === "EPERM") return false;
    throw cause;
  }
}

/**
 * Sends a signal to the process that this row describes, and to none that was given its number afterwards.
 * Between the look and the signal nothing else runs in this process; only the machine could be faster.
 * Throws where the process cannot be looked at.
 */
export function signalProcess(row: ProcessRow, signal: "SIGTERM" | "SIGKILL"): void {
  if (readProcess(row.pid)?.startTicks !== row.startTicks) return;
  sendQuietly(row.pid, signal);
}

/** Signals a whole group. Only for a leader that is certain to be the one that was started. */
export function signalGroup(leaderPid: number, signal: "SIGTERM" | "SIGKILL"): void {
  sendQuietly(-leaderPid, signal);
}

function sendQuietly(target: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(target, signal);
  } catch {
    // Gone already, or grown into another user's. The next look tells.
  }
}
