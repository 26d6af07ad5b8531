// What the system says of the processes that scripts run in. Linux alone tells it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** One script's process, with the processes that fence it in. */
export interface Guest {
  readonly pid: number;
  /** The process itself, and those between it and the daemon. */
  readonly pids: readonly number[];
  /** Its command line, from the program on. */
  readonly words: readonly string[];
}

const program = /[\\/]guest[\\/]guest\.cjs$/;

/** The guests below a process, those that are about to start included. Throws where there is no `/proc`. */
export function guestsOf(pid: number): readonly Guest[] {
  if (!existsSync("/proc/self/stat"))
    throw new Error("The processes of workflows can be seen on Linux only.");
  return guestsBelow(pid, []);
}

function guestsBelow(pid: number, between: readonly number[]): readonly Guest[] {
  return childrenOf(pid).flatMap((child) => {
    const words = wordsOf(child);
    const pids = [...between, child];
    const isGuest = words[0] === process.execPath && words.some((word) => program.test(word));
    return isGuest ? [{ pid: child, pids, words }] : guestsBelow(child, pids);
  });
}

/** The options that the engine of a guest was started with. */
export function engineFlagsOf({ words }: Guest): readonly string[] {
  return words.slice(
    1,
    words.findIndex((word) => program.test(word)),
  );
}

/** Bytes that would be free if the processes ended: what they share with others does not count. */
export function privateBytesOf(pids: readonly number[]): number {
  let kibibytes = 0;
  for (const pid of pids)
    for (const [, size] of textOf(`/proc/${pid}/smaps_rollup`).matchAll(/^Private_\w+:\s+(\d+) kB$/gm))
      kibibytes += Number(size);
  return kibibytes * 1_024;
}

/** Processor time of all threads, in microseconds. */
export function cpuUsOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of namesIn(`/proc/${pid}/task`))
    nanoseconds += Number(textOf(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0]);
  return nanoseconds / 1_000;
}

const lookEveryMs = 20;
const quietLooks = 6;
const patienceMs = 120_000;

/** Settles with the guests below a process when there are so many, and none has done anything for a while. */
export async function untilQuiet(pid: number, count: number): Promise<readonly Guest[]> {
  const deadlineMs = performance.now() + patienceMs;
  for (let before = Number.NaN, looks = 0; performance.now() < deadlineMs; await sleep(lookEveryMs)) {
    const guests = guestsOf(pid);
    const spentUs = guests.reduce((sum, guest) => sum + cpuUsOf(guest.pid), 0);
    looks = guests.length === count && spentUs === before ? looks + 1 : 0;
    before = spentUs;
    if (looks === quietLooks) return guests;
  }
  throw new Error(`There were never ${count} processes of scripts that did nothing.`);
}

function childrenOf(pid: number): readonly number[] {
  return namesIn(`/proc/${pid}/task`)
    .flatMap((thread) => textOf(`/proc/${pid}/task/${thread}/children`).split(" "))
    .filter((text) => text.trim() !== "")
    .map(Number);
}

function wordsOf(pid: number): readonly string[] {
  return textOf(`/proc/${pid}/cmdline`).split("\0").slice(0, -1);
}

/** Empty where the process has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
