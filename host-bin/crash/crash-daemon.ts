// One life of a daemon under crash, as its parent sees it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FromDaemon, KillAt } from "./crashing-daemon.ts";
import type { BrokenEngine } from "./workflows/broken-engine.ts";

const program = fileURLToPath(new URL("./crashing-daemon.ts", import.meta.url));

export interface CrashDaemonOptions {
  readonly stateFolder: string;
  readonly effectsFile: string;
  readonly passedFile: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly earlyConversations: boolean;
  readonly appendLies: boolean;
  readonly brokenEngine?: BrokenEngine | undefined;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Whoever starts it ends it. */
export class CrashDaemon {
  /** Settles when the API answers, or undefined when the process has ended before. */
  readonly ready: Promise<{ readonly url: string; readonly token: string } | undefined>;
  readonly ended: Promise<Ending>;
  /** What it printed to standard error. */
  stderr = "";
  readonly #child: ChildProcess;
  #armed = Promise.withResolvers<void>();

  constructor(options: CrashDaemonOptions, killAt?: KillAt) {
    const argv = [
      ...["--state", options.stateFolder],
      ...["--effects", options.effectsFile],
      ...["--passed", options.passedFile],
      ...(killAt === undefined ? [] : ["--kill-at", JSON.stringify(killAt)]),
      ...(options.earlyConversations ? ["--early-conversations"] : []),
      ...(options.appendLies ? ["--append-lies"] : []),
      ...(options.brokenEngine === undefined ? [] : ["--broken-engine", options.brokenEngine]),
    ];
    const child = spawn(process.execPath, [program, ...argv], {
      cwd: options.cwd,
      env: options.environment,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#child = child;
    this.ended = once(child, "close").then(([code, signal]) => ({ code, signal }));
    const ready = Promise.withResolvers<{ readonly url: string; readonly token: string } | undefined>();
    child.on("message", (message: FromDaemon) => {
      if (message.type === "ready") ready.resolve(message);
      else this.#armed.resolve();
    });
    void this.ended.then(() => {
      ready.resolve(undefined);
      this.#armed.resolve();
    });
    this.ready = ready.promise;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** From now on it ends itself there. */
  async arm(killAt: KillAt): Promise<void> {
    this.#armed = Promise.withResolvers();
    this.#child.send(killAt, () => undefined);
    await this.#armed.promise;
  }

  /** Asks it to stop, as a service manager does. */
  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  async kill(): Promise<Ending> {
    this.#child.kill("SIGKILL");
    return this.ended;
  }
}
