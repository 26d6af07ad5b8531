// In which folder's eyes workflows are looked for, and where their agents work. Remembered by this browser.
import type { Signal } from "@preact/signals";
import { remembered } from "../state/remembered.ts";

/** Absolute; empty = none is named: the daemon's own choice. */
export const workflowFolder: Signal<string> = remembered("workflow-folder", "", (kept) =>
  typeof kept === "string" && kept.length <= 4_096 ? kept : undefined,
);

/** What asks for a folder's workflows. */
export function scopeOf(folder: string): { readonly cwd?: string } {
  return folder === "" ? {} : { cwd: folder };
}
