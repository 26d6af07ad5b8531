// Contributes the workflows that come with Lathe.
import { type Activate, WorkflowScripts } from "@lathe/kernel";
import { readCatalog } from "./edge/read-catalog.ts";

export const activate: Activate = async (host) => {
  for (const { name, script } of await readCatalog()) host.contribute(WorkflowScripts, name, script);
};
