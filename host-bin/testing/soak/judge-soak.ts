// Whether a daemon came out of a soak as it went in, when it had warmed up.

export interface Sample {
  /** Since the start. */
  readonly atMs: number;
  readonly rssBytes: number;
  /** Without garbage. */
  readonly heapBytes: number;
  readonly functionCount: number;
  readonly descriptorCount: number;
  readonly storeBytes: number;
  readonly turnCount: number;
  readonly subscriberCount: number;
  readonly deletedCount: number;
}

export interface Bounds {
  /** Samples before this share of the time are warm-up. */
  readonly warmUpShare: number;
  /** 0.1 = at the end ten percent more than behind the warm-up; null = nobody asks. */
  readonly rssGrowthMax: number | null;
  readonly heapGrowthMax: number;
  readonly functionsPerTurnMax: number;
  readonly descriptorGrowthMax: number;
}

export interface Finding {
  readonly figure: "rss" | "heap" | "functions per turn" | "descriptors";
  readonly value: number;
  readonly max: number;
  readonly isKept: boolean;
}

/** The first fifth behind the warm-up against the last fifth, by their medians; functions by their slope. */
export function judgeSoak(samples: readonly Sample[], bounds: Bounds): readonly Finding[] {
  const warm = samples.slice(Math.floor(samples.length * bounds.warmUpShare));
  const windowSize = Math.max(2, Math.floor(warm.length / 5));
  const ends = [warm.slice(0, windowSize), warm.slice(-windowSize)] as const;
  const growthOf = (figure: (sample: Sample) => number): number =>
    median(ends[1].map(figure)) / median(ends[0].map(figure)) - 1;
  const descriptorGrowth =
    median(ends[1].map((sample) => sample.descriptorCount)) -
    median(ends[0].map((sample) => sample.descriptorCount));
  const findings: [Finding["figure"], number, number | null][] = [
    ["rss", growthOf((sample) => sample.rssBytes), bounds.rssGrowthMax],
    ["heap", growthOf((sample) => sample.heapBytes), bounds.heapGrowthMax],
    ["functions per turn", slopeOf(warm), bounds.functionsPerTurnMax],
    ["descriptors", descriptorGrowth, bounds.descriptorGrowthMax],
  ];
  return findings.flatMap(([figure, value, max]) =>
    max === null ? [] : [{ figure, value, max, isKept: value <= max }],
  );
}

/** The median of the slopes between all samples (Theil and Sen): a few that lie apart do not move it. */
function slopeOf(samples: readonly Sample[]): number {
  const slopes: number[] = [];
  for (const [at, early] of samples.entries())
    for (const late of samples.slice(at + 1)) {
      const turnCount = late.turnCount - early.turnCount;
      if (turnCount > 0) slopes.push((late.functionCount - early.functionCount) / turnCount);
    }
  return median(slopes);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
