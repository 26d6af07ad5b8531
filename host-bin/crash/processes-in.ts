// I9: processes of commands that nobody waits for any more.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const marker = "LATHE_RUN_MARKER=";
/** Commands of a daemon that was killed are ended by the next one, some time after it is ready. */
const sweepMs = 10_000;

/** The processes with a run marker that still work in the folder, when there was time to end them; empty off Linux. */
export async function processesIn(folder: string): Promise<readonly string[]> {
  for (const endMs = performance.now() + sweepMs; ; await sleep(50)) {
    const found = markedProcesses().filter(({ cwd }) => cwd === folder || cwd.startsWith(`${folder}/`));
    if (found.length === 0 || performance.now() > endMs)
      return found.map(({ pid, command }) => `${pid}: ${command}`);
  }
}

function markedProcesses(): readonly {
  readonly pid: string;
  readonly cwd: string;
  readonly command: string;
}[] {
  return pids().flatMap((pid) => {
    try {
      const isMarked = readFileSync(`/proc/${pid}/environ`, "latin1").includes(marker);
      if (!isMarked) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return [{ pid, cwd: readlinkSync(`/proc/${pid}/cwd`), command }];
    } catch {
      // It is gone, or somebody else's.
      return [];
    }
  });
}

function pids(): readonly string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
