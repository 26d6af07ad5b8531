// How much space the disk must have left before writes are refused, and before people are warned.

export interface Watermarks {
  readonly softFreeBytes: number;
  readonly softFreePercent: number;
  readonly hardFreeBytes: number;
  readonly hardFreePercent: number;
}

export type SpaceState = "enough" | "low" | "full";

/**
 * Judges the free space of a disk. Each watermark is its bytes or its percentage, whichever is less, so that neither a
 * small nor a huge disk is given up early. Out of "full" it takes a tenth more than the watermark, lest the store flip.
 */
export function judgeSpace(
  freeBytes: number,
  sizeBytes: number,
  marks: Watermarks,
  before: SpaceState,
): SpaceState {
  const hard = Math.min(marks.hardFreeBytes, (sizeBytes * marks.hardFreePercent) / 100);
  const soft = Math.min(marks.softFreeBytes, (sizeBytes * marks.softFreePercent) / 100);
  if (freeBytes < (before === "full" ? hard * 1.1 : hard)) return "full";
  return freeBytes < soft ? "low" : "enough";
}
