// Finds extensions in a folder of folders. Nothing of them runs before it is loaded.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FoundExtension, ManifestSource } from "@lathe/extension-host";

/** The extensions that come with Lathe, by name of their folder. */
export function findBuiltInExtensions(): readonly FoundExtension[] {
  return findExtensions(fileURLToPath(new URL("../extensions/", import.meta.url)));
}

/** Each folder in `root` that holds a manifest.json, by name. Throws where `root` cannot be listed. */
export function findExtensions(root: string): readonly FoundExtension[] {
  const found: FoundExtension[] = [];
  for (const { name, isDirectory } of listSorted(root)) {
    const manifest = isDirectory ? readManifest(join(root, name)) : undefined;
    if (manifest !== undefined) found.push({ folder: name, manifest, load: loaderOf(join(root, name)) });
  }
  return found;
}

function listSorted(root: string): { name: string; isDirectory: boolean }[] {
  const entries = readdirSync(root, { withFileTypes: true });
  return entries
    .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function readManifest(folder: string): ManifestSource | undefined {
  try {
    return { kind: "text", text: readFileSync(join(folder, "manifest.json"), "utf8") };
  } catch (cause) {
    const isAbsent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    return isAbsent ? undefined : { kind: "unreadable", cause };
  }
}

function loaderOf(folder: string): FoundExtension["load"] {
  return (entry) => import(pathToFileURL(join(folder, entry)).href);
}
