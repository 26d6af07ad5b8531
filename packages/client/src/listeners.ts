/** Whoever wants to know that something has changed. One that throws does not keep it from the others. */
export class Listeners {
  readonly #listeners = new Set<() => void>();

  get count(): number {
    return this.#listeners.size;
  }

  /** Returns how to stop. The same function may be added more than once. */
  add(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  tell(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (failure) {
        // It is the page's own error, and belongs where the page looks for its errors.
        queueMicrotask(() => {
          throw failure;
        });
      }
    }
  }
}
