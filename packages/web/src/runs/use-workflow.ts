// A run of a workflow for a component: followed for as long as it is shown.
import type { Run } from "@lathe/kernel";
import type { WorkflowCacheItem, WorkflowStatus } from "@lathe/wire";
import { runsStream, workflowsStatus } from "@lathe/wire/operations";
import { useEffect, useMemo } from "preact/hooks";
import { announce } from "../kit/announce.tsx";
import { ask, daemon } from "../state/daemon.ts";
import { milestoneText } from "./milestones.ts";
import { reasonsOf, statusOf } from "./shown-status.ts";
import { type WatchDesk, WorkflowWatch } from "./workflow-watch.ts";

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
    const made: WorkflowWatch = new WorkflowWatch(deskOf(id), (milestone) => {
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
  return { watch, status, reasons };
}

function deskOf(id: string): WatchDesk {
  return {
    status: (signal) => ask(workflowsStatus, { id }, { signal }),
    lastSeq: async (signal) => (await ask(runsStream, { id, after: 0 }, { signal })).lastSeq,
    events: (signal) => daemon.follow(runsStream, { id }, { signal }),
  };
}
