// How a run of a workflow is doing, and why its calls ran or did not: both are what its log comes to.
import { type AnyOperation, implementOperation, workflowStatus } from "@lathe/wire";
import { workflowsCache, workflowsStatus } from "@lathe/wire/operations";
import { openedRun, viewOf } from "./opened-run.ts";
import type { RunOperationsDesk } from "./operations-desk.ts";

export function showStatus(desk: RunOperationsDesk): AnyOperation {
  return implementOperation(workflowsStatus, {
    run: async ({ id }, { principal }) => {
      const run = await openedRun(principal, id, desk);
      return workflowStatus(run, await viewOf(run, desk));
    },
  });
}

export function showCache(desk: RunOperationsDesk): AnyOperation {
  return implementOperation(workflowsCache, {
    run: async ({ id }, { principal }) => {
      const run = await openedRun(principal, id, desk);
      const { cache: items } = await viewOf(run, desk);
      const hitCount = items.filter(({ outcome }) => outcome === "hit").length;
      return { items, hitCount, missCount: items.length - hitCount };
    },
  });
}
