// The daemon's side of the process that parses: starts it when it is needed, asks one source at a time, and ends it
// where an answer takes too long or too much memory.
//
// Invariants
//   P1  One source at a time, first in, first out. An answer belongs to the source that was asked last.
//   P2  After a source at which the process ended or was ended, the next one gets a new process. A source is at fault
//       only where a process that was started for it ended.
//   P3  A process that nobody waits for keeps neither this process alive nor outlives it.
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { SourceReading } from "./compile-source.ts";
import { FrameReader, frameOf } from "./frames.ts";

export type CompileAnswer =
  | { readonly kind: "read"; readonly reading: SourceReading }
  /** This source was too much for the process. */
  | { readonly kind: "ended"; readonly because: "time" | "memory" | "crash" }
  | { readonly kind: "unavailable"; readonly reason: string };

export interface CompileProcessLimits {
  /** For one source, in a process that is ready. */
  readonly timeoutMs: number;
  /** Resident memory. */
  readonly memoryBytesMax: number;
  /** From the start of a process to its readiness. */
  readonly startTimeoutMs: number;
}

const heapMegabytes = 400;
const answerBytesMax = 32 * 1024 * 1024;
const complaintUnitsMax = 4_000;
const memoryPollMs = 50;
const pageBytes = 4_096;

const childPath = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./compile-child.ts" : "./compile-child.js", import.meta.url),
);

export class CompileProcess {
  readonly #limits: CompileProcessLimits;
  #child: RunningChild | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(limits: CompileProcessLimits) {
    this.#limits = limits;
  }

  /** Null while none runs. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Never rejects. */
  ask(source: string): Promise<CompileAnswer> {
    const answer = this.#last.then(() => this.#askNow(source));
    this.#last = answer;
    return answer;
  }

  /** Settles when the process is gone. Sources that wait are answered with `unavailable`. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#child?.end("closed");
    await this.#last;
    await this.#child?.gone;
    this.#child = null;
  }

  async #askNow(source: string): Promise<CompileAnswer> {
    const idle = this.#child;
    const answer = await this.#askChild(source);
    // A process that was there before may have ended, or be large, for its own reasons: its successor shows whether the source did it.
    const isInDoubt = idle !== null && answer.kind === "ended" && answer.because !== "time";
    return isInDoubt ? await this.#askChild(source) : answer;
  }

  async #askChild(source: string): Promise<CompileAnswer> {
    if (this.#closed) return closedAnswer;
    let child = this.#child;
    try {
      child ??= new RunningChild(this.#limits);
    } catch (error) {
      return { kind: "unavailable", reason: String(error) };
    }
    this.#child = child;
    const answer = await child.ask(source);
    if (child.hasEnded) {
      await child.gone;
      this.#child = null;
    }
    return this.#closed && answer.kind === "ended" ? closedAnswer : answer;
  }
}

const closedAnswer: CompileAnswer = { kind: "unavailable", reason: "it is closed" };

type EndCause = "time" | "memory" | "closed" | "start";

/** One process, from its start to its end. */
class RunningChild {
  readonly gone: Promise<void>;
  readonly #limits: CompileProcessLimits;
  readonly #child: ChildProcess;
  readonly #frames = new FrameReader(answerBytesMax);
  #isReady = false;
  #endCause: EndCause | "crash" | null = null;
  #startFailure: string | null = null;
  /** What it says on its error stream until it is ready. */
  #complaint = "";
  #listener: ((message: unknown) => void) | null = null;

  constructor(limits: CompileProcessLimits) {
    this.#limits = limits;
    this.#child = spawn(process.execPath, [...nodeFlags, childPath], {
      cwd: "/",
      env: {},
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (!this.#isReady) this.#complaint = (this.#complaint + text).slice(-complaintUnitsMax);
    });
    this.gone = new Promise((resolve) => {
      const settle = (): void => {
        this.#endCause ??= "crash";
        this.#tell(null);
        resolve();
      };
      this.#child.once("close", settle);
      this.#child.once("error", (error) => {
        this.#startFailure = error.message;
        if (this.#child.pid === undefined) settle();
      });
    });
    // A write to a process that has ended: `close` says so.
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stdout?.on("data", (piece: Buffer) => this.#receive(piece));
    this.#keepAlive(false);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  get hasEnded(): boolean {
    return this.#endCause !== null;
  }

  /** Settles with the process gone where it has no answer. */
  async ask(source: string): Promise<CompileAnswer> {
    this.#keepAlive(true);
    try {
      if (!this.#isReady && !(await this.#becomeReady())) {
        return { kind: "unavailable", reason: this.#startFailure ?? this.#reasonOfEnd() };
      }
      const message = await this.#exchange(source);
      if (message !== null) return { kind: "read", reading: message as SourceReading };
      const because = this.#endCause;
      return { kind: "ended", because: because === "time" || because === "memory" ? because : "crash" };
    } finally {
      this.#keepAlive(false);
    }
  }

  end(cause: EndCause): void {
    this.#endCause ??= cause;
    // Whoever waits for its end is not to be left alone.
    this.#keepAlive(true);
    this.#child.kill("SIGKILL");
  }

  async #becomeReady(): Promise<boolean> {
    const timer = setTimeout(() => {
      this.#startFailure = `it was not ready after ${this.#limits.startTimeoutMs} ms`;
      this.end("start");
    }, this.#limits.startTimeoutMs);
    this.#isReady = (await this.#nextMessage()) !== null;
    clearTimeout(timer);
    return this.#isReady;
  }

  #reasonOfEnd(): string {
    const line = this.#complaint.split("\n").find((one) => /Error\b|ERR_/.test(one));
    return `it ended while it started${line === undefined ? "" : `: ${line.trim()}`}`;
  }

  async #exchange(source: string): Promise<unknown> {
    const timer = setTimeout(() => this.end("time"), this.#limits.timeoutMs);
    const poll = setInterval(() => void this.#checkMemory(), memoryPollMs);
    const answer = this.#nextMessage();
    this.#child.stdin?.write(frameOf(source));
    const message = await answer;
    clearTimeout(timer);
    clearInterval(poll);
    return message;
  }

  /** Null = the process is gone. */
  #nextMessage(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#listener = resolve;
      if (this.#endCause !== null) void this.gone.then(() => this.#tell(null));
    });
  }

  #tell(message: unknown): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.(message);
  }

  #receive(piece: Buffer): void {
    try {
      // An answer behind the limit is none: the process is on its way out.
      for (const message of this.#frames.push(piece)) if (this.#endCause === null) this.#tell(message);
    } catch {
      this.#child.kill("SIGKILL");
    }
  }

  /** Where the system does not tell, the limit of the heap has to do. */
  async #checkMemory(): Promise<void> {
    const text = await readFile(`/proc/${this.#child.pid}/statm`, "latin1").catch(() => "");
    const residentPages = Number(text.split(" ")[1] ?? 0);
    if (residentPages * pageBytes > this.#limits.memoryBytesMax) this.end("memory");
  }

  #keepAlive(isAwaited: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    // Where the system has no descriptors left, there are no pipes.
    for (const holder of [
      this.#child,
      stdin as Socket | null,
      stdout as Socket | null,
      stderr as Socket | null,
    ]) {
      if (isAwaited) holder?.ref();
      else holder?.unref();
    }
  }
}

const nodeFlags: readonly string[] = [
  "--permission",
  // Its own modules, wherever they are.
  "--allow-fs-read=*",
  "--no-addons",
  "--no-warnings",
  "--no-global-search-paths",
  `--max-old-space-size=${heapMegabytes}`,
];
