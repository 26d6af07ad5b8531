// How a process ends that can no longer keep its promises: it says why, and goes at once. What was acknowledged is on
// disk; whatever supervises the daemon starts it again.
import { createRedaction } from "@lathe/redaction";
import { secretsInEnvironment } from "../daemon/known-secrets.ts";
import { exitCodes } from "../exit-codes.ts";

/** Ends the process with exit code 70, and nothing of it runs any more. */
export function endProcess(reason: unknown): never {
  try {
    process.stderr.write(
      `Lathe has to end: ${describe(reason)}\nEverything acknowledged is kept. Start it again.\n`,
    );
  } finally {
    leaveAtOnce(exitCodes.broken);
  }
}

/** From now on an error that nobody caught ends the process with exit code 70. May be called again. */
export function endOnBrokenPromise(): void {
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.off(event, endProcess);
    process.on(event, endProcess);
  }
}

/**
 * Ends the process with the exit code before anything else of it runs.
 *
 * After a failed or hanging commit lmdb may crash or wait for ever while a process exits, so that this one does not
 * exit: it becomes another program, which ends with the code.
 */
export function leaveAtOnce(exitCode: number): never {
  try {
    process.execve?.("/bin/sh", ["sh", "-c", `exit ${exitCode}`], {});
  } catch {
    // There is no shell here.
  }
  process.kill(process.pid, "SIGKILL");
  process.exit(exitCode);
}

/** The reason may quote what the process was working at: secrets are taken out, or nothing of it is said. */
function describe(reason: unknown): string {
  try {
    const redaction = createRedaction();
    for (const secret of secretsInEnvironment(process.env)) redaction.register(secret);
    return redaction.text(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  } catch {
    return "of a reason that cannot be shown.";
  }
}
