// Tells one process from a later one that was given the same id.
import { readFileSync } from "node:fs";

/** A name for the process that no other process of this machine ever has; `null` where the system does not say. */
export function identityOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    // The command's name is in brackets and may hold anything; the start time is the 20th field after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const isDead = fields[0] === "Z" || fields[0] === "X";
    return isDead ? null : `${boot}:${fields[19]}`;
  } catch {
    return null;
  }
}

/** Whether the process that was known under this identity still lives. Without an identity the id has to do. */
export function isStillAlive(pid: number, identity: string | null): boolean {
  if (identity !== null) return identityOf(pid) === identity;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}
