// Reads the workflows that lie in the extension's own folder.
import { readdir, readFile } from "node:fs/promises";
import type { WorkflowScript } from "@lathe/kernel";

export interface CatalogItem {
  /** The file's name without its ending, which is the name in the workflow's metadata as well. */
  readonly name: string;
  readonly script: WorkflowScript;
}

/** Scripts are data and not built, so that a built copy of this file finds them among the sources too. */
const folder = new URL("../../src/workflows/", import.meta.url);
const ending = ".js";

/** In order of name. Rejects where the folder or a file cannot be read. */
export async function readCatalog(): Promise<readonly CatalogItem[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ending)).toSorted();
  return Promise.all(files.map(readItem));
}

async function readItem(file: string): Promise<CatalogItem> {
  const source = await readFile(new URL(file, folder), "utf8");
  return { name: file.slice(0, -ending.length), script: { source } };
}
