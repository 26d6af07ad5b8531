// Looks at the machine's processes in a way of its own, so that the tests do not trust what they test.
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A number of seconds for `sleep` that no other process on the machine was given. */
export function uniqueSeconds(): string {
  const digits = Number.parseInt(randomUUID().slice(0, 8), 16);
  return `9${String(digits).padStart(10, "0")}`;
}

/** Pids of living processes that carry this text in their environment or their arguments. */
export function findProcesses(text: string): number[] {
  const pids = readdirSync("/proc").map(Number);
  return pids.filter((pid) => pid > 0 && pid !== process.pid && carries(pid, text));
}

function carries(pid: number, text: string): boolean {
  return ["environ", "cmdline"].some((file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "latin1").includes(text);
    } catch {
      return false;
    }
  });
}

/** Waits until the condition holds; throws when it does not within a generous time. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let round = 0; round < 500; round++) {
    if (condition()) return;
    await sleep(20);
  }
  throw new Error(`It did not come to pass: ${what}`);
}
