// Where two conversations part, told by the logs that they are made of.
import type { LogStretch } from "@lathe/kernel";

/** Both lineages hold the same entries up to this position; 0 = none. */
export function sharedLogSeq(one: readonly LogStretch[], other: readonly LogStretch[]): number {
  let sharedSeq = 0;
  for (const [at, stretch] of one.entries()) {
    const beside = other[at];
    if (beside === undefined || beside.conversationId !== stretch.conversationId) break;
    sharedSeq = Math.min(lastOf(stretch), lastOf(beside));
    if (lastOf(stretch) !== lastOf(beside)) break;
  }
  return sharedSeq;
}

function lastOf({ toSeq }: LogStretch): number {
  return toSeq ?? Number.POSITIVE_INFINITY;
}
