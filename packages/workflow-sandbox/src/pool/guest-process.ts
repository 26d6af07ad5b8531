// One locked-down process: from its start, over the one script that it may run, to its end by SIGKILL.
//
// The signal goes to the process that was spawned, whose number is held until its exit has been seen. Where that is
// unshare, the guest dies with it. "Gone" is when the pipes are closed too: then nothing of it is left.

import type { Exit } from "./endings.ts";
import { FrameReader, toFrame } from "./frames.ts";
import { judge } from "./judge.ts";
import { type GuestChild, type Launch, launchGuest } from "./launch.ts";
import { type ToldLimits, toToldLimits } from "./limits.ts";
import { ProcessUsage } from "./process-usage.ts";

export type Greeting =
  | { readonly kind: "ready"; readonly cacheRejected: boolean }
  | { readonly kind: "failed"; readonly why: string };

type Take = (body: Buffer | "too-large") => void;

const startMsMax = 30_000;
const errorCharsMax = 16_384;

export class GuestProcess {
  readonly greeting: Promise<Greeting>;
  readonly gone: Promise<Exit>;
  readonly limits: ToldLimits;
  readonly #child: GuestChild;
  readonly #reader: FrameReader;
  readonly #isWrapped: boolean;
  readonly #startTimer: NodeJS.Timeout;
  #usage: ProcessUsage | undefined;
  #take: Take;
  #errorText = "";
  #isKilled = false;

  constructor(launch: Launch) {
    this.limits = toToldLimits(launch.limits);
    this.#reader = new FrameReader(this.limits.frameBytesMax);
    this.#isWrapped = launch.fences(launch.limits).includes("unshare");
    this.#child = launchGuest(launch, "run");
    this.#startTimer = setTimeout(() => this.kill(), startMsMax);
    const greeting = Promise.withResolvers<Greeting>();
    this.greeting = greeting.promise;
    this.#take = (body) => greeting.resolve(this.#judgeGreeting(body));
    this.gone = this.#watchEnd();
    void this.gone.then(({ errorText }) => greeting.resolve({ kind: "failed", why: firstLineOf(errorText) }));
    this.#readOutput();
  }

  /** What it says from now on goes to `take`, and what it takes is counted from now on. */
  begin(take: Take): ProcessUsage {
    this.#take = take;
    this.#usage = new ProcessUsage(this.#child.pid ?? 0, this.#isWrapped);
    this.#usage.begin();
    return this.#usage;
  }

  send(message: object): void {
    if (!this.#isKilled && this.#child.stdin.writable) this.#child.stdin.write(toFrame(message));
  }

  /** Nothing that it says is heard after this. */
  kill(): void {
    if (this.#isKilled) return;
    this.#isKilled = true;
    this.#take = () => undefined;
    this.#usage?.look();
    this.#child.kill("SIGKILL");
  }

  #readOutput(): void {
    this.#child.stdout.on("data", (chunk: Buffer) => {
      if (this.#isKilled) return;
      for (const body of this.#reader.read(chunk)) {
        this.#take(body);
        if (this.#isKilled) return;
      }
    });
    this.#child.stderr.on("data", (chunk: Buffer) => {
      const room = errorCharsMax - this.#errorText.length;
      if (room > 0) this.#errorText += chunk.toString("utf8").slice(0, room);
    });
    // It may be gone while an answer is written; that it is gone is told elsewhere.
    this.#child.stdin.on("error", () => undefined);
  }

  #judgeGreeting(body: Buffer | "too-large"): Greeting {
    clearTimeout(this.#startTimer);
    const message = body === "too-large" ? undefined : judge(body, this.limits);
    if (message?.kind === "ready") return message;
    this.kill();
    return { kind: "failed", why: "it did not begin as it should" };
  }

  async #watchEnd(): Promise<Exit> {
    const { promise, resolve } = Promise.withResolvers<Omit<Exit, "errorText">>();
    this.#child.on("error", (cause) => {
      this.#errorText ||= cause.message;
      if (this.#child.pid === undefined) resolve({ code: null, signal: null });
    });
    this.#child.on("close", (code, signal) => resolve({ code, signal }));
    const exit = await promise;
    clearTimeout(this.#startTimer);
    this.#isKilled = true;
    this.#usage?.close();
    return { ...exit, errorText: this.#errorText };
  }
}

function firstLineOf(errorText: string): string {
  const [line = ""] = errorText.trim().split("\n");
  return line === "" ? "it ended at once" : line.slice(0, 300);
}
