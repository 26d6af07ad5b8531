// Reads the built page, once.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { PageFile } from "../core/page-surface.ts";

/**
 * All files of the folder, each with the compressed forms that the build put beside it (`.br`, `.gz`). Names that begin
 * with a dot are left out, and so is what is no plain file. Undefined where there is no such folder.
 */
export async function readPage(folder: URL): Promise<readonly PageFile[] | undefined> {
  const root = fileURLToPath(folder);
  const names = await listFiles(root);
  if (names === undefined) return undefined;
  // One after the other: a daemon may have few descriptors, and all of this is read in some milliseconds.
  const contents = new Map<string, Uint8Array>();
  for (const name of names) contents.set(name, await readFile(join(root, name)));
  const files: PageFile[] = [];
  for (const [name, identity] of contents) {
    if (contents.has(name.replace(/\.(br|gz)$/, "")) && /\.(br|gz)$/.test(name)) continue;
    const [br, gzip] = [contents.get(`${name}.br`), contents.get(`${name}.gz`)];
    const bodies = { identity, ...(br === undefined ? {} : { br }), ...(gzip === undefined ? {} : { gzip }) };
    files.push({ name: name.split(sep).join("/"), bodies, version: hashOf(identity) });
  }
  return files;
}

async function listFiles(root: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
    return names.filter((name) => !name.split(sep).some((part) => part.startsWith(".")));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw cause;
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 20);
}
