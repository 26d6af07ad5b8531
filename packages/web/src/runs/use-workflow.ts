// A run of a workflow for a component: followed for as long as it is shown.
import type { Run } from "@lathe/kernel";
import { type WorkflowCacheItem, type WorkflowStatus, type WorkflowView, workflowStatus } from "@lathe/wire";
import { useEffect, useMemo } from "preact/hooks";
import { announce } from "../kit/announce.tsx";
import { milestoneText } from "./milestones.ts";
import { noteWorkflowName } from "./workflow-names.ts";
import { WorkflowWatch } from "./workflow-watch.ts";

export interface UsedWorkflow {
  readonly watch: WorkflowWatch;
  /** Null until anything is known. */
  readonly status: WorkflowStatus | null;
  readonly reasons: ReadonlyMap<number, WorkflowCacheItem["reason"]>;
}

export interface UseOptions {
  /** Milestones are told to screen readers. */
  readonly announced?: boolean;
}

export function useWorkflow(run: Run, { announced = false }: UseOptions = {}): UsedWorkflow {
  const { id } = run;
  const watch = useMemo(() => {
    const made: WorkflowWatch = new WorkflowWatch(id, (milestone) => {
      if (announced) announce(milestoneText(milestone, made.view.peek().start?.name ?? "a workflow"));
    });
    return made;
  }, [id, announced]);
  useEffect(() => {
    watch.start();
    return () => watch.stop();
  }, [watch]);
  const { value: view } = watch.view;
  const { value: isWhole } = watch.isWhole;
  const { value: asked } = watch.status;
  const status = useMemo(() => statusOf(run, view, asked, isWhole), [run, view, asked, isWhole]);
  const reasons = useMemo(() => reasonsOf(view.cache), [view.cache]);
  const name = status?.name ?? null;
  useEffect(() => {
    if (name !== null) noteWorkflowName(id, name);
  }, [id, name]);
  return { watch, status, reasons };
}

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
