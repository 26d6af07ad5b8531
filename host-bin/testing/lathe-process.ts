// `lathe` as a real child process.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const lathe = fileURLToPath(new URL("../lathe.mjs", import.meta.url));

export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  /** Shell commands that run before it, in the same process. */
  readonly before?: string;
  /** Absolute path of what is run in place of `lathe`. */
  readonly program?: string;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class LatheProcess {
  readonly #child: ChildProcess;
  readonly #ending: Promise<Ending>;
  #stdout = "";
  #stderr = "";

  constructor(argv: readonly string[], surroundings: Surroundings) {
    const { environment, cwd, input, before = "true", program = lathe } = surroundings;
    const options = { env: environment, cwd, stdio: "pipe" } as const;
    const line = `${before}; exec "$0" "$@"`;
    const child = spawn("/bin/sh", ["-c", line, process.execPath, program, ...argv], options);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    // A child that ends early does not read what it is told.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    this.#child = child;
    this.#ending = once(child, "close").then(([code, signal]) => ({
      code,
      signal,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Settles when the process is gone and everything that it printed was read. */
  ended(): Promise<Ending> {
    return this.#ending;
  }

  /** Settles when what was printed to either output matches. Rejects when the process ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
      if (match !== null) return match;
      const more = Promise.withResolvers<"more">();
      const onData = (): void => more.resolve("more");
      this.#child.stdout?.once("data", onData);
      this.#child.stderr?.once("data", onData);
      const first = await Promise.race([more.promise, this.#ending]);
      this.#child.stdout?.off("data", onData);
      this.#child.stderr?.off("data", onData);
      if (first !== "more" && pattern.exec(first.stdout) === null && pattern.exec(first.stderr) === null)
        throw new Error(
          `It ended with ${first.code ?? first.signal}, and said:\n${first.stdout}${first.stderr}`,
        );
    }
  }
}

/** Runs a command to its end. */
export function runLathe(argv: readonly string[], surroundings: Surroundings): Promise<Ending> {
  return new LatheProcess(argv, surroundings).ended();
}
