import type { Command, CommandOutcome, ExecBackend, RootedFiles } from "@lathe/kernel";
import type { Ended } from "./end-tree.ts";
import { LocalFiles } from "./local-files.ts";
import { type CommandDesk, runCommand } from "./run-command.ts";

/** The daemon's own machine. It owns what it started: `close` ends all of it and waits until it is gone. */
export class LocalBackend implements ExecBackend {
  readonly computer = "local";
  readonly #desk: CommandDesk;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #onGivenUp: (pids: readonly number[]) => void;

  constructor(desk: Omit<CommandDesk, "own">, onGivenUp: (pids: readonly number[]) => void) {
    this.#desk = { ...desk, own: (ending) => this.#own(ending) };
    this.#onGivenUp = onGivenUp;
  }

  run(command: Command): Promise<CommandOutcome> {
    const signal = AbortSignal.any([command.signal, this.#closing.signal]);
    const outcome = runCommand({ ...command, signal }, this.#desk);
    this.#track(outcome);
    return outcome;
  }

  files(root: string): RootedFiles {
    return new LocalFiles(root);
  }

  /** Aborts every command, and settles when their processes are gone or were given up. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  #own(ending: Promise<Ended>): void {
    this.#track(
      ending.then((ended) => {
        if (ended.kind === "given-up") this.#onGivenUp(ended.pids);
      }),
    );
  }

  #track(work: Promise<unknown>): void {
    const forget = () => {
      this.#running.delete(work);
    };
    this.#running.add(work);
    work.then(forget, forget);
  }
}
