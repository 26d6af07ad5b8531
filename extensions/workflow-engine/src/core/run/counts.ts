/** How often each key came before. */
export class Counts {
  readonly #counts = new Map<string, number>();

  /** 0 for the first time, 1 for the second, and so on. */
  next(key: string): number {
    const count = this.#counts.get(key) ?? 0;
    this.#counts.set(key, count + 1);
    return count;
  }
}
