// How the input of a model divides into what its provider had in the cache, what it put there, and the rest.

/** Tokens; null = not reported. */
export interface InputTokens {
  /** All of the input, the other two included. */
  readonly input: number | null;
  readonly read: number | null;
  readonly written: number | null;
}

export interface InputShares {
  readonly read: number;
  readonly written: number;
  readonly other: number;
}

/** Shares that add up to 1; undefined where the provider did not say. */
export function inputShares({ input, read, written }: InputTokens): InputShares | undefined {
  if (input === null || input <= 0 || read === null) return undefined;
  const readShare = Math.min(1, read / input);
  const writtenShare = Math.min(1 - readShare, (written ?? 0) / input);
  return { read: readShare, written: writtenShare, other: Math.max(0, 1 - readShare - writtenShare) };
}
