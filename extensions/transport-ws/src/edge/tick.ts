/** Gathers what is to be done once at the end of this turn of the event loop. */
export class Tick {
  #waiting: (() => void)[] = [];

  /** Calls back when what happens now has happened. */
  atEnd(callback: () => void): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#run());
    this.#waiting.push(callback);
  }

  #run(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}
