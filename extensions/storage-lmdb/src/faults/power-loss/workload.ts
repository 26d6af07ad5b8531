// What the recorded process stores under a number: small, on pages of its own, or empty, all different.

export function storedValue(id: number): string {
  const lengths = [10, 300, 900, 3_000, 12_000, 0];
  return `${id}:${"x".repeat(lengths[(id * 7) % lengths.length] as number)}`;
}

/** What must be there after a power cut, and what may be. */
export interface Expectation {
  /** Numbers of commits that were acknowledged, with the worker and what each deleted; in the order of the calls. */
  readonly acknowledged: readonly Begun[];
  /** Those that were on their way. */
  readonly begun: readonly Begun[];
}

export interface Begun {
  readonly id: number;
  readonly worker: number;
  readonly deletes: number | null;
}
