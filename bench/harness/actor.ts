// A child process that is asked one thing after the other, so that its CPU and its memory are its own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

interface Question {
  readonly id: number;
  readonly task: string;
  readonly input: unknown;
}

interface Answer {
  readonly id: number;
  readonly output?: unknown;
  readonly failure?: string;
}

/** What a child can be asked for, by name. Inputs and outputs are JSON. */
export type Tasks = Readonly<Record<string, (input: never) => unknown>>;

/** Called once by the program of the child, which ends with its parent. */
export function answerAsActor(tasks: Tasks): void {
  process.on("message", (question: Question) => void answer(tasks, question));
  process.on("disconnect", () => process.exit());
}

async function answer(tasks: Tasks, { id, task, input }: Question): Promise<void> {
  try {
    const run = tasks[task];
    if (run === undefined) throw new Error(`There is no task ${task}.`);
    process.send?.({ id, output: await run(input as never) });
  } catch (failure) {
    process.send?.({ id, failure: failure instanceof Error ? failure.stack : String(failure) });
  }
}

export class Actor {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #askedCount = 0;

  /** Runs a program of this repository; `prefix` is a command that runs it, such as `taskset -c 1`. Close it. */
  constructor(program: string, prefix: readonly string[] = []) {
    const [command = process.execPath, ...rest] = [...prefix, process.execPath, "--expose-gc", program];
    // Answers do not travel through stdout, where what is measured may log.
    this.#child = spawn(command, rest, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("message", (message: Answer) => this.#take(message));
    this.#child.on("error", (cause) => this.#failAll(new Error(`${program} could not be run.`, { cause })));
    this.#child.on("exit", (code, signal) =>
      this.#failAll(new Error(`${program} ended with ${code ?? signal} and no answer.`)),
    );
  }

  /** Settles with what the task gives; rejects with what it throws, and where the process ends before. */
  ask<Output>(task: string, input: unknown = null): Promise<Output> {
    const id = this.#askedCount++;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#child.send({ id, task, input } satisfies Question, (failure) => {
      if (failure !== null) waiting.reject(failure);
    });
    return waiting.promise as Promise<Output>;
  }

  /** Ends the process; settles after it is gone. May be called twice. */
  async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  #take({ id, output, failure }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (failure === undefined) waiting?.resolve(output);
    else waiting?.reject(new Error(failure));
  }

  #failAll(reason: Error): void {
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}

/** Lets `work` use a child and ends it afterwards, whatever happens. */
export async function withActor<Result>(
  program: string,
  prefix: readonly string[],
  work: (actor: Actor) => Promise<Result>,
): Promise<Result> {
  const actor = new Actor(program, prefix);
  try {
    return await work(actor);
  } finally {
    await actor.close();
  }
}
