// Workflows as the API shows them.
import type { WorkflowDocument, WorkflowSummary } from "@lathe/wire";
import type { LibraryItem } from "../discovery/library-item.ts";

export function summaryOf(item: LibraryItem): WorkflowSummary {
  const { name, source, script, problem, warnings, shadows } = item;
  return {
    name,
    description: script?.meta.description ?? "",
    whenToUse: script?.meta.whenToUse ?? null,
    dialect: script?.dialect ?? null,
    phases: script?.meta.phases ?? [],
    source,
    error: problem,
    warnings,
    shadows,
  };
}

export function documentOf(item: LibraryItem): WorkflowDocument {
  const { text, script } = item;
  return { ...summaryOf(item), script: text, hash: script?.hash ?? null, meta: script?.meta.all ?? null };
}
