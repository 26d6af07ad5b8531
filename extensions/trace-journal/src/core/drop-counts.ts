// What was lost since it was last said.
import type { Attributes } from "@lathe/kernel";

export type DropReason = "queueFull" | "tooLarge" | "notSerializable" | "notWritten";
export type DropCounts = Readonly<Record<DropReason, number>>;

export class DropLedger {
  #counts: Record<DropReason, number> = noDrops();

  count(reason: DropReason, recordCount: number): void {
    this.#counts[reason] += recordCount;
  }

  add(counts: DropCounts): void {
    for (const reason of reasons) this.#counts[reason] += counts[reason];
  }

  get any(): boolean {
    return totalOf(this.#counts) > 0;
  }

  /** Hands out the counts and starts again from zero; undefined where nothing was lost. */
  take(): DropCounts | undefined {
    if (!this.any) return undefined;
    const counts = this.#counts;
    this.#counts = noDrops();
    return counts;
  }
}

/** The counts as a record carries them. */
export function attributesOf(counts: DropCounts): Attributes {
  return {
    droppedCount: totalOf(counts),
    queueFullCount: counts.queueFull,
    tooLargeCount: counts.tooLarge,
    notSerializableCount: counts.notSerializable,
    notWrittenCount: counts.notWritten,
  };
}

function totalOf(counts: DropCounts): number {
  let total = 0;
  for (const reason of reasons) total += counts[reason];
  return total;
}

const reasons: readonly DropReason[] = ["queueFull", "tooLarge", "notSerializable", "notWritten"];

function noDrops(): Record<DropReason, number> {
  return { queueFull: 0, tooLarge: 0, notSerializable: 0, notWritten: 0 };
}
