// Starts the child processes of the fault tests, with the disk shim where one is asked for.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Child {
  readonly process: ChildProcess;
  /** The lines that it has printed so far. */
  readonly lines: readonly string[];
  /** Settles when it has ended and everything that it printed is in `lines`. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly errorText: () => string;
}

/** Builds a shim in a folder. Undefined where this machine has no C compiler. */
export async function buildShim(folder: string, sourceName = "disk-shim.c"): Promise<string | undefined> {
  const shim = join(folder, "shim.so");
  const source = fileURLToPath(new URL(sourceName, import.meta.url));
  try {
    await promisify(execFile)("cc", ["-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"]);
    return shim;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw failure;
  }
}

/** As `buildShim`, for a test, which is skipped where there is no compiler and it may be. */
export async function needShim(
  folder: string,
  skip: (why: string) => never,
  sourceName?: string,
): Promise<string> {
  const shim = await buildShim(folder, sourceName);
  if (shim !== undefined) return shim;
  return skipUnlessForbidden("There is no C compiler (cc) to build the disk shim with.", skip);
}

/** Skips the test that lacks something, unless this machine must have it. */
export function skipUnlessForbidden(why: string, skip: (why: string) => never): never {
  if (process.env.LATHE_TESTS_MUST_NOT_SKIP) throw new Error(why);
  return skip(why);
}

/** Runs a script of this folder. `onLine` is called for each line as it comes. */
export function startChild(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onLine: (line: string, child: ChildProcess) => void = () => undefined,
): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let rest = "";
  let errorText = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      lines.push(line);
      onLine(line, child);
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errorText += text;
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  return { process: child, lines, ended, errorText: () => errorText };
}
