// Lets no more processes start at once than there is room for, first come, first served. More than there are processors
// would only hold each other up, and the daemon, which waits for each while it is made.

export class StartLane {
  readonly #waiting: (() => void)[] = [];
  #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  /** Settles when there is room; whoever has entered leaves. */
  enter(): Promise<void> {
    if (this.#room > 0) {
      this.#room -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#room += 1;
    else next();
  }
}
