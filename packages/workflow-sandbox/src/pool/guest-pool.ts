// Keeps processes ready, gives each run one that nothing else has used, and lets no more run than may.
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { GuestHost, GuestLimits, GuestPool, GuestRun, GuestScript } from "../contract.ts";
import { findCodeCache } from "./code-cache.ts";
import { closedFailure, couldNotStartFailure } from "./endings.ts";
import { findFences } from "./fences.ts";
import { GuestProcess } from "./guest-process.ts";
import type { Launch } from "./launch.ts";
import { defaultGuestLimits } from "./limits.ts";
import { ScriptRun } from "./script-run.ts";
import { StartLane } from "./start-lane.ts";

export interface GuestPoolOptions {
  /** Those not named have the values of `defaultGuestLimits`. */
  readonly limits?: Partial<GuestLimits>;
  /** Processes that are kept ready; default 1. With 0 each run waits for the start of its own, about 100 ms. */
  readonly idleCount?: number;
  /** Scripts that run at once; default 64. Others wait. */
  readonly runningCountMax?: number;
  /** Processes that start at once; default as many as there are processors. Others wait. */
  readonly startingCountMax?: number;
  /** The program that guests run in; default the one that runs this. */
  readonly nodePath?: string;
  /** An absolute path, made when it is missing: keeps what makes starts faster. Without it they take a fifth longer. */
  readonly cacheFolder?: string;
  /** Told what this system lacks, once each, in a whole sentence. */
  readonly onWarning?: (message: string) => void;
}

/** Starts nothing before it is warmed, or has a run. Close it: until then the processes that are kept ready live. */
export function createGuestPool(options: GuestPoolOptions = {}): GuestPool {
  return new ProcessPool(options);
}

interface Idle {
  readonly guest: Promise<Guest>;
  isReady: boolean;
}

type Guest =
  | { readonly kind: "ready"; readonly process: GuestProcess }
  | { readonly kind: "failed"; readonly why: string };

const watchEveryMs = 50;

// When none of so many in a row came up, the next is tried for a run only.
const failureCountMax = 3;

class ProcessPool implements GuestPool {
  readonly #options: Required<Pick<GuestPoolOptions, "idleCount" | "runningCountMax">>;
  readonly #warn: (message: string) => void;
  readonly #prepare: () => Promise<Launch>;
  #launch: Promise<Launch> | undefined;
  readonly #starts: StartLane;
  readonly #processes = new Set<GuestProcess>();
  readonly #idle = new Set<Idle>();
  readonly #running = new Set<ScriptRun>();
  /** Those of them that had not to wait. */
  readonly #nested = new Set<ScriptRun>();
  #queue: ScriptRun[] = [];
  #watch: NodeJS.Timeout | undefined;
  #failureCount = 0;
  #isClosed = false;

  constructor(options: GuestPoolOptions) {
    const { idleCount = 1, runningCountMax = 64 } = options;
    this.#options = { idleCount, runningCountMax };
    this.#warn = warnOnce(options.onWarning ?? (() => undefined));
    this.#prepare = () => prepareLaunch(options, this.#warn);
    this.#starts = new StartLane(options.startingCountMax ?? availableParallelism());
  }

  warm(): void {
    this.#refill();
  }

  get state(): GuestPool["state"] {
    const idleCount = [...this.#idle].filter((idle) => idle.isReady).length;
    return { idleCount, runningCount: this.#running.size, waitingCount: this.#queue.length };
  }

  run(script: GuestScript, host: GuestHost, signal: AbortSignal): GuestRun {
    const run = new ScriptRun(script, host, signal);
    if (this.#isClosed) run.fail(closedFailure());
    if (run.isOver) return run;
    if (script.isNested === true) this.#nested.add(run);
    this.#queue.push(run);
    void run.ended.then(() => this.#leave(run));
    this.#advance();
    return run;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const runs = [...this.#queue, ...this.#running];
    for (const run of runs) run.fail(closedFailure());
    for (const process of this.#processes) process.kill();
    // One that was about to start when this began is killed by whoever started it.
    await Promise.all([...this.#idle].map((idle) => idle.guest));
    await Promise.all([...this.#processes].map((process) => process.gone));
    await Promise.all(runs.map((run) => run.ended));
    await this.#launch;
  }

  #advance(): void {
    for (let run = this.#takeNext(); run !== undefined; run = this.#takeNext()) {
      this.#running.add(run);
      void this.#begin(run);
    }
    this.#keepWatch();
  }

  #takeNext(): ScriptRun | undefined {
    const waitedCount = [...this.#running].filter((run) => !this.#nested.has(run)).length;
    if (waitedCount < this.#options.runningCountMax) return this.#queue.shift();
    const place = this.#queue.findIndex((run) => this.#nested.has(run));
    return place === -1 ? undefined : this.#queue.splice(place, 1)[0];
  }

  async #begin(run: ScriptRun): Promise<void> {
    const idle = this.#takeIdle() ?? this.#warmUp(() => !run.isOver);
    const guest = await idle.guest;
    if (guest.kind === "failed") run.fail(couldNotStartFailure(guest.why));
    else if (run.isOver) this.#giveBack(idle, guest.process);
    else run.begin(guest.process);
    this.#refill();
  }

  #leave(run: ScriptRun): void {
    this.#running.delete(run);
    this.#nested.delete(run);
    this.#queue = this.#queue.filter((other) => other !== run);
    this.#advance();
  }

  /** One that is ready, or else the one that has been starting for longest. */
  #takeIdle(): Idle | undefined {
    const all = [...this.#idle];
    const idle = all.find(({ isReady }) => isReady) ?? all[0];
    if (idle) this.#idle.delete(idle);
    return idle;
  }

  /** Nobody has used it: the run that it was for has ended before. */
  #giveBack(idle: Idle, process: GuestProcess): void {
    if (this.#isClosed || this.#idle.size >= this.#options.idleCount) process.kill();
    else this.#keep(idle);
  }

  #refill(): void {
    while (!this.#isClosed && this.#idle.size < this.#options.idleCount) {
      if (this.#failureCount >= failureCountMax) return;
      this.#keep(this.#warmUp());
    }
  }

  #keep(idle: Idle): void {
    this.#idle.add(idle);
    void idle.guest.then(async (guest) => {
      if (guest.kind === "ready") await guest.process.gone;
      if (this.#idle.delete(idle)) this.#refill();
    });
  }

  /** `isWanted` is asked when its turn to start has come. */
  #warmUp(isWanted: () => boolean = () => true): Idle {
    const idle: Idle = { guest: this.#start(isWanted), isReady: false };
    void idle.guest.then(({ kind }) => {
      idle.isReady = kind === "ready";
    });
    return idle;
  }

  async #start(isWanted: () => boolean): Promise<Guest> {
    this.#launch ??= this.#prepare();
    const launch = await this.#launch;
    await this.#starts.enter();
    try {
      if (this.#isClosed) return { kind: "failed", why: "the daemon is closing" };
      if (!isWanted()) return { kind: "failed", why: "nobody needs it any more" };
      return await this.#greet(new GuestProcess(launch), launch);
    } catch (cause) {
      return this.#failed(cause instanceof Error ? cause.message : String(cause));
    } finally {
      this.#starts.leave();
    }
  }

  async #greet(process: GuestProcess, launch: Launch): Promise<Guest> {
    this.#processes.add(process);
    void process.gone.then(() => this.#processes.delete(process));
    const greeting = await process.greeting;
    if (greeting.kind === "failed") return this.#failed(greeting.why);
    this.#failureCount = 0;
    if (greeting.cacheRejected) await this.#dropCache(launch);
    return { kind: "ready", process };
  }

  #failed(why: string): Guest {
    if (!this.#isClosed) {
      this.#failureCount += 1;
      this.#warn(`A process for workflow scripts could not be started: ${why}.`);
    }
    return { kind: "failed", why };
  }

  /** The next pool makes a new one. */
  async #dropCache({ cachePath }: Launch): Promise<void> {
    if (cachePath === undefined) return;
    this.#warn(
      "Workflow scripts start more slowly: the code cache does not fit, so it is made anew at the next start.",
    );
    // Whoever may not remove it has been told that it does not fit.
    await rm(cachePath, { force: true }).catch(() => undefined);
  }

  #keepWatch(): void {
    if (this.#running.size > 0) {
      this.#watch ??= setInterval(() => {
        for (const run of this.#running) run.watch();
      }, watchEveryMs);
    } else {
      clearInterval(this.#watch);
      this.#watch = undefined;
    }
  }
}

async function prepareLaunch(options: GuestPoolOptions, warn: (message: string) => void): Promise<Launch> {
  const limits = { ...defaultGuestLimits, ...options.limits };
  const fences = await findFences(limits, warn);
  const bare = { nodePath: options.nodePath ?? process.execPath, limits, fences, cachePath: undefined };
  if (options.cacheFolder === undefined) return bare;
  return { ...bare, cachePath: await findCodeCache(options.cacheFolder, bare, warn) };
}

function warnOnce(warn: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    warn(message);
  };
}
