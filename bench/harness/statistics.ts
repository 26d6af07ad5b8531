// Medians, and ratios that are taken round by round.

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Returns `undefined` where there is no finite value. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.filter(Number.isFinite).sort((left, right) => left - right);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? min;
  const high = sorted[Math.ceil(middle)] ?? max;
  return { median: (low + high) / 2, min, max };
}

/**
 * The spread of `over[i] / under[i]`: both values of a pair were measured in the same round, when the
 * machine was equally busy.
 *
 * A pair counts only where both are above zero: a difference that noise made negative has no ratio.
 */
export function pairedRatios(over: readonly number[], under: readonly number[]): Spread | undefined {
  const ratios = over.map((value, round) => {
    const divisor = under[round] ?? Number.NaN;
    return value > 0 && divisor > 0 ? value / divisor : Number.NaN;
  });
  return spreadOf(ratios);
}

/** The weighted sum of named values; NaN where a name has none. */
export function weigh(
  weights: Readonly<Record<string, number>>,
  values: Readonly<Record<string, number>>,
): number {
  let sum = 0;
  for (const [name, weight] of Object.entries(weights)) sum += weight * (values[name] ?? Number.NaN);
  return sum;
}
