// A bounded number of places, given out first come, first served.

export type ReleaseSlot = () => void;

interface Waiting {
  readonly got: PromiseWithResolvers<ReleaseSlot | undefined>;
  readonly stopListening: () => void;
}

export class Slots {
  readonly #waiting: Waiting[] = [];
  #countMax: number;
  #taken = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get takenCount(): number {
    return this.#taken;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Places that are taken beyond a smaller number stay taken until they are released. */
  resize(countMax: number): void {
    this.#countMax = countMax;
    this.#admit();
  }

  /** Settles with how to give the place back, once; with undefined where the signal aborted first. */
  take(signal: AbortSignal): Promise<ReleaseSlot | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    const got = Promise.withResolvers<ReleaseSlot | undefined>();
    const leave = (): void => {
      const index = this.#waiting.findIndex((one) => one.got === got);
      if (index !== -1) this.#waiting.splice(index, 1);
      got.resolve(undefined);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.push({ got, stopListening: () => signal.removeEventListener("abort", leave) });
    this.#admit();
    return got.promise;
  }

  #admit(): void {
    while (this.#taken < this.#countMax) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.stopListening();
      this.#taken += 1;
      next.got.resolve(this.#releaseOnce());
    }
  }

  #releaseOnce(): ReleaseSlot {
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#taken -= 1;
      this.#admit();
    };
  }
}
