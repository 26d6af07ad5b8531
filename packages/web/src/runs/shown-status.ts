// What is shown of a run of a workflow, whoever has folded it.
import type { Run } from "@lathe/kernel";
import { type WorkflowCacheItem, type WorkflowStatus, type WorkflowView, workflowStatus } from "@lathe/wire";

/** The daemon's word until the entries have caught up with it. */
export function statusOf(
  run: Run,
  view: WorkflowView,
  asked: WorkflowStatus | null,
  isWhole: boolean,
): WorkflowStatus | null {
  if (isWhole && view.lastSeq > 0) return workflowStatus(run, view);
  return asked === null ? null : { ...asked, run };
}

/** The reason of each call that one was said of. */
export function reasonsOf(
  cache: readonly WorkflowCacheItem[],
): ReadonlyMap<number, WorkflowCacheItem["reason"]> {
  return new Map(cache.map(({ callIndex, reason }) => [callIndex, reason]));
}
