// The agents that files define, as they are found from one folder.
import { dirname } from "node:path";
import { type AgentFileReading, brokenAgentFile } from "./agent-file.ts";

/** Reads them. Never throws: what cannot be read is told. */
export interface AgentFiles {
  /** @param cwd absolute path of the folder that a conversation works in; null = only those that every folder has */
  read(cwd: string | null): Promise<FoundFiles>;
}

export interface FoundFiles {
  /** Those of nearer folders first; in one folder in order of path. */
  readonly files: readonly FoundFile[];
  /** Folders whose files are not used, and why. */
  readonly failures: readonly { readonly path: string; readonly message: string }[];
}

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  readonly reading: AgentFileReading;
}

/** Each name once: the nearest folder has it. Where two files of one folder have it, neither can be used. */
export function nearestByName(files: readonly FoundFile[]): ReadonlyMap<string, FoundFile> {
  const nearest = new Map<string, FoundFile>();
  for (const file of files) {
    const { name } = file.reading;
    const before = nearest.get(name);
    if (before === undefined) nearest.set(name, file);
    else if (dirname(before.path) === dirname(file.path)) nearest.set(name, ambiguous(before, file));
  }
  return nearest;
}

function ambiguous(one: FoundFile, other: FoundFile): FoundFile {
  const message = `${other.path} has the same name. Rename one of them.`;
  return { path: one.path, reading: brokenAgentFile(one.reading.name, message) };
}
