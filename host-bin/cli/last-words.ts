// How a process ends that can no longer keep its promises: it says why, and goes at once. What was acknowledged is on
// disk; whatever supervises the daemon starts it again.
import { exitCodes } from "../exit-codes.ts";

/** Ends the process with exit code 70. */
export function endProcess(reason: unknown): void {
  try {
    process.stderr.write(
      `Lathe has to end: ${describe(reason)}\nEverything acknowledged is kept. Start it again.\n`,
    );
  } finally {
    process.exit(exitCodes.broken);
  }
}

/** From now on an error that nobody caught ends the process with exit code 70. May be called again. */
export function endOnBrokenPromise(): void {
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.off(event, endProcess);
    process.on(event, endProcess);
  }
}

function describe(reason: unknown): string {
  return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
}
