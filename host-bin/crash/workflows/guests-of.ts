// Processes of scripts that are left of a daemon.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A guest whose daemon was killed has so long to notice. */
const noticeMs = 5_000;

/** Those whose command line names the state folder, when there was time to end; empty off Linux. */
export async function guestsOf(stateFolder: string): Promise<readonly string[]> {
  for (const endMs = performance.now() + noticeMs; ; await sleep(50)) {
    const found = commandLines().filter((line) => line.includes("guest.cjs") && line.includes(stateFolder));
    if (found.length === 0 || performance.now() > endMs) return found;
  }
}

function commandLines(): readonly string[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(commandLineOf);
  } catch {
    return [];
  }
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // It is gone, or somebody else's.
    return "";
  }
}
