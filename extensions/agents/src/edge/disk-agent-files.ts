// Agents that files define, read from the disk when they are asked for. What was read is kept, and read again where the
// file has changed.
import type { Dir } from "node:fs";
import { opendir, realpath } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { LRUCache } from "lru-cache";
import { type AgentFileReading, brokenAgentFile, parseAgentFile } from "../core/agent-file.ts";
import type { AgentFiles, FoundFile, FoundFiles } from "../core/agent-files.ts";
import { type AgentFolder, agentFoldersOf } from "./agent-folders.ts";
import { readSmallText, versionOf } from "./small-text.ts";

const fileCountMax = 256;
const entryCountMax = 4_096;
const keptLengthMax = 16_777_216;

interface Kept {
  readonly version: string;
  readonly reading: AgentFileReading;
}

type Failure = FoundFiles["failures"][number];

export class DiskAgentFiles implements AgentFiles {
  readonly #home: string | undefined;
  readonly #kept = new LRUCache<string, Kept>({
    maxSize: keptLengthMax,
    sizeCalculation: ({ reading }) =>
      512 + (reading.kind === "agent" ? (reading.draft.prompt?.length ?? 0) : 0),
  });

  /** @param home absolute path of the user's home; undefined = there is none */
  constructor(home: string | undefined) {
    this.#home = home;
  }

  async read(cwd: string | null): Promise<FoundFiles> {
    const files: FoundFile[] = [];
    const failures: Failure[] = [];
    for (const folder of await agentFoldersOf(cwd, this.#home)) {
      const found = await listFolder(folder);
      if (found.kind === "unusable") failures.push({ path: folder.path, message: found.message });
      else
        for (const name of found.names) files.push(await this.#readFile(join(folder.path, name), found.real));
    }
    return { files, failures };
  }

  async #readFile(path: string, folder: string): Promise<FoundFile> {
    const fileName = basename(path, ".md");
    const version = await versionOf(path, folder);
    if (version.kind === "unread") return { path, reading: brokenAgentFile(fileName, version.message) };
    const kept = this.#kept.get(path);
    if (kept?.version === version.version) return { path, reading: kept.reading };
    const text = await readSmallText(version.target);
    if (text.kind === "unread") return { path, reading: brokenAgentFile(fileName, text.message) };
    const reading = parseAgentFile(text.text, fileName);
    this.#kept.set(path, { version: text.version, reading });
    return { path, reading };
  }
}

type Listed =
  | { readonly kind: "listed"; readonly real: string; readonly names: readonly string[] }
  | { readonly kind: "unusable"; readonly message: string };

async function listFolder({ base, path }: AgentFolder): Promise<Listed> {
  try {
    const real = await realpath(path);
    if (!real.startsWith(base.endsWith(sep) ? base : base + sep))
      return { kind: "unusable", message: "It is a symbolic link that leaves the folder above it." };
    return await listNames(real, await opendir(real));
  } catch (failure) {
    const { code } = failure as NodeJS.ErrnoException;
    const isAbsent = code === "ENOENT" || code === "ENOTDIR";
    return isAbsent
      ? { kind: "listed", real: path, names: [] }
      : { kind: "unusable", message: `It cannot be read (${code ?? "unknown"}).` };
  }
}

async function listNames(real: string, folder: Dir): Promise<Listed> {
  const names: string[] = [];
  let entryCount = 0;
  for await (const { name } of folder) {
    if (name.endsWith(".md") && !name.startsWith(".")) names.push(name);
    if (names.length > fileCountMax || ++entryCount > entryCountMax)
      return {
        kind: "unusable",
        message: `It holds more than ${fileCountMax} agents, or ${entryCountMax} files. None of them is used.`,
      };
  }
  return { kind: "listed", real, names: names.sort() };
}
