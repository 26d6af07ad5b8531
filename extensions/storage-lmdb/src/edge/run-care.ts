// Starts the helper process for one job, and turns whatever becomes of it into an answer.
import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CareJob, CareMessage, CareProgress } from "./care-jobs.ts";

export interface CareOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CareProgress) => void;
  /** Whether whatever else wants the processor goes first. */
  readonly isPatient?: boolean;
}

export type CareEnd =
  | Exclude<CareMessage, { readonly kind: "progress" }>
  /** The helper's process was ended by what it read; `signal` says how. */
  | { readonly kind: "crashed"; readonly signal: string }
  | { readonly kind: "aborted" };

// It says something at least five times in a second while it gets on.
const silenceMsMax = 120_000;

const childPath = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./care-child.ts" : "./care-child.js", import.meta.url),
);

/** Settles when the helper is gone. Rejects where it cannot be started. */
export async function runCare(job: CareJob, options: CareOptions): Promise<CareEnd> {
  const { signal, onProgress, isPatient = false } = options;
  // Nothing of the environment is handed on: variables could weaken lmdb, and none is needed.
  const child = spawn(process.execPath, [childPath, JSON.stringify(job)], { env: {}, stdio: "pipe" });
  child.stdin.on("error", () => undefined);
  if (isPatient) goBehindOthers(child.pid);
  let errorText = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errorText = (errorText + text).slice(-2_000);
  });
  let end: CareEnd | undefined;
  const silence = setTimeout(() => child.kill("SIGKILL"), silenceMsMax).unref();
  const abort = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  createInterface({ input: child.stdout }).on("line", (line) => {
    silence.refresh();
    const message = JSON.parse(line) as CareMessage;
    if (message.kind === "progress") onProgress(message.progress);
    else end = message;
  });
  try {
    const endSignal = await new Promise<string | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, name) => resolve(name ?? (code === 0 ? null : `exit code ${code}`)));
    });
    if (end !== undefined) return end;
    if (signal.aborted) return { kind: "aborted" };
    return { kind: "crashed", signal: [endSignal ?? "no answer", lastLine(errorText)].join(" ").trim() };
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", abort);
  }
}

function goBehindOthers(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It may be gone already, which is told below.
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
