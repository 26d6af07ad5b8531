import { type AnyOperation, implementOperation } from "@lathe/wire";
import { workflowsClearCache } from "@lathe/wire/operations";
import type { RunOperationsDesk } from "./operations-desk.ts";

export function clearCache({ cache }: RunOperationsDesk): AnyOperation {
  return implementOperation(workflowsClearCache, {
    run: async ({ workflow }, { principal }) => ({
      removedCount: await cache.clear(principal.id, workflow),
    }),
  });
}
