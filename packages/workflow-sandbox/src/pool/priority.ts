import { writeFileSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

const niceness = 10;

/**
 * Lets everybody else compute first: scripts may use all processors, and the daemon answers others meanwhile. For a
 * process that was just started in a session of its own.
 */
export function standBack(pid: number): void {
  attempt(() => setPriority(pid, Math.max(niceness, getPriority())));
  // Where the kernel shares its time among sessions first, a niceness counts within one of them only.
  attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(niceness)));
}

/** It is gone already, or this system knows no such thing: then it computes as others do. */
function attempt(change: () => void): void {
  try {
    change();
  } catch {}
}
