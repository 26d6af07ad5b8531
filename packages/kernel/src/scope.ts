// A scope remembers how to undo what was done inside it.
//
// Owns: the releases, and the order they run in.
// Does not own: logging. The caller decides what to do with the failures.
//
// Invariants
//   S1  A release runs at most once, even when close() is called twice.
//   S2  Releases run one at a time, newest first. What was built last may lean
//       on what was built before it, so it must go first.
//   S3  A failing release does not stop the next. Failures come back together.
//   S4  What is handed to a closing or closed scope is released at once, so that
//       a resource that arrives late is never forgotten.

/** Undoes one thing. */
export type Release = () => void | Promise<void>;

export class Scope {
  readonly #releases: Release[] = [];
  readonly #late: Promise<void>[] = [];
  readonly #failures: unknown[] = [];
  #closing: Promise<readonly unknown[]> | undefined;

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Takes over a release. Returns one that undoes it now, and then is forgotten by the scope. */
  own(release: Release): Release {
    let pending = true;
    const once: Release = () => {
      if (!pending) return;
      pending = false;
      const index = this.#releases.lastIndexOf(once);
      if (index >= 0) this.#releases.splice(index, 1);
      return release();
    };
    if (this.#closing === undefined) this.#releases.push(once);
    else this.#late.push(this.#run(once));
    return once;
  }

  /** Makes a scope that is closed with this one, or before it. */
  child(): Scope {
    const child = new Scope();
    const forget = this.own(async () => {
      const failures = await child.close();
      if (failures.length > 0) throw new AggregateError(failures, "A child scope could not undo everything.");
    });
    // A child that is closed by itself leaves nothing behind in its parent.
    child.own(() => {
      const index = this.#releases.lastIndexOf(forget);
      if (index >= 0) this.#releases.splice(index, 1);
    });
    return child;
  }

  /** Undoes everything, newest first. Settles when all of it was tried; the failures, in that order. */
  close(): Promise<readonly unknown[]> {
    this.#closing ??= this.#undoAll();
    return this.#closing;
  }

  async #undoAll(): Promise<readonly unknown[]> {
    for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
      await this.#run(release);
    }
    for (let late = this.#late.pop(); late !== undefined; late = this.#late.pop()) await late;
    return this.#failures;
  }

  async #run(release: Release): Promise<void> {
    try {
      await release();
    } catch (failure) {
      this.#failures.push(failure);
    }
  }
}
