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

/** Undoes one thing. It must not wait for the close of the scope that owns it: each would wait for the other. */
export type Release = () => void | Promise<void>;

export class Scope {
  readonly #releases: Release[] = [];
  readonly #late: Promise<void>[] = [];
  readonly #failures: unknown[] = [];
  #closing: Promise<readonly unknown[]> | undefined;

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Takes over a release. Returns one that undoes it now; the scope forgets it when that is done, and a close meanwhile
   * waits for it. Called again it does nothing, and answers with what is still going on.
   */
  own(release: Release): Release {
    let called = false;
    let answer: void | Promise<void>;
    const once: Release = () => {
      if (called) return answer;
      called = true;
      answer = this.#runOwned(release, once);
      return answer;
    };
    if (this.#closing === undefined) this.#releases.push(once);
    else this.#late.push(this.#run(once));
    return once;
  }

  /** Makes a scope that is closed with this one, or before it. */
  child(): Scope {
    const child = new Scope();
    const closeChild = this.own(async () => {
      const failures = await child.close();
      if (failures.length > 0) throw new AggregateError(failures, "A child scope could not undo everything.");
    });
    // A child that is closed by itself leaves nothing behind in its parent.
    child.own(() => this.#forget(closeChild));
    return child;
  }

  /**
   * Undoes everything, newest first. Settles when all of it was tried; the failures, in that order. Those of releases
   * that arrive later still are added to the same list.
   */
  close(): Promise<readonly unknown[]> {
    this.#closing ??= this.#undoAll();
    return this.#closing;
  }

  async #undoAll(): Promise<readonly unknown[]> {
    // The first release runs after close() has returned, so that it finds the scope closing, like all the others.
    await undefined;
    for (let release = this.#releases.at(-1); release !== undefined; release = this.#releases.at(-1)) {
      await this.#run(release);
      this.#forget(release);
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

  #runOwned(release: Release, once: Release): void | Promise<void> {
    let answer: void | Promise<void>;
    try {
      answer = release();
    } catch (failure) {
      this.#forget(once);
      throw failure;
    }
    // What is not a promise is the value of a short arrow function, such as the boolean of a Set's delete.
    if (typeof answer === "object") return Promise.resolve(answer).finally(() => this.#forget(once));
    this.#forget(once);
  }

  #forget(release: Release): void {
    const index = this.#releases.lastIndexOf(release);
    if (index >= 0) this.#releases.splice(index, 1);
  }
}
