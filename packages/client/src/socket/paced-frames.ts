import type { TimersPower } from "@lathe/kernel";

const windowMs = 1_000;

/**
 * Sends frames no faster than the daemon allows, in order. It allows twice as many at once, so that the end of one
 * second and the beginning of the next are not too much together; timers that are a little early are allowed for here.
 */
export class PacedFrames {
  readonly #send: (text: string) => void;
  readonly #timers: TimersPower;
  readonly #perWindow: number;
  #queue: string[] = [];
  #sentCount = 0;
  #release: (() => void) | undefined;

  constructor(send: (text: string) => void, timers: TimersPower, framesPerSecondMax: number) {
    this.#send = send;
    this.#timers = timers;
    this.#perWindow = Math.max(1, Math.floor(framesPerSecondMax * 0.9));
  }

  push(text: string): void {
    this.#queue.push(text);
    this.#flush();
  }

  close(): void {
    this.#queue = [];
    this.#release?.();
  }

  #flush(): void {
    const texts = this.#queue.splice(0, this.#perWindow - this.#sentCount);
    this.#sentCount += texts.length;
    for (const text of texts) this.#send(text);
    if (this.#sentCount === 0 || this.#release !== undefined) return;
    this.#release = this.#timers.after(windowMs, () => {
      this.#release = undefined;
      this.#sentCount = 0;
      this.#flush();
    });
  }
}
