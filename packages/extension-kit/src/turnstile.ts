// Lets work of the same name pass one after the other, in the order of the calls; work of other names goes beside it.

export class Turnstile {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` after what was passed under this name before, however that ended. */
  pass<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const done = before === undefined ? work() : before.then(work, work);
    this.#last.set(name, done);
    const leave = (): void => {
      if (this.#last.get(name) === done) this.#last.delete(name);
    };
    done.then(leave, leave);
    return done;
  }

  /** How many names have work under way. */
  get size(): number {
    return this.#last.size;
  }
}
