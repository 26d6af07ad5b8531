import { defineTool } from "@lathe/extension-kit";
import type { FileEntry, RootedFiles, Tool, ToolOutput } from "@lathe/kernel";
import * as v from "valibot";
import { AnswerLines, answering, counted, printable } from "./core/answer.ts";
import { skippedFolderNames } from "./core/skipped-folders.ts";

const entryCountDefault = 500;
const entryCountMax = 5_000;

const input = v.strictObject({
  path: v.optional(
    v.pipe(v.string(), v.description("The folder, relative to the working folder. Without it, that one.")),
  ),
  recursive: v.optional(v.pipe(v.boolean(), v.description("Also list what is in the folders below."))),
  limit: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(entryCountMax),
      v.description(`How many entries to list at most; ${entryCountDefault} without it.`),
    ),
  ),
});
type ListInput = v.InferOutput<typeof input>;

export function createListFiles(): Tool {
  return defineTool({
    name: "list_files",
    description:
      'Lists a folder in order of name, one entry a line: a file as its path, a tab and its size in bytes, a folder with "/" at the end. Recursive lists do not go into .git and node_modules.',
    input,
    concurrencySafe: true,
    readOnly: true,
    idempotent: true,
    timeoutMs: 60_000,
    execute: (given, { exec, cwd, signal }) => answering(() => listFiles(given, exec.files(cwd), signal)),
  });
}

async function listFiles(
  { path = ".", recursive = false, limit = entryCountDefault }: ListInput,
  files: RootedFiles,
  signal: AbortSignal,
): Promise<ToolOutput> {
  const found = recursive
    ? await walkUpTo(limit, path, files, signal)
    : await files.list(path, { entryCountMax: limit });
  if (found.entries.length === 0) return { content: "[the folder is empty]", details: { entryCount: 0 } };
  const lines = new AnswerLines();
  const shown = found.entries.filter((entry) => lines.add(describe(entry)));
  const truncated = found.truncated || shown.length < found.entries.length;
  const rest = truncated ? "; there are more: list a folder below, or raise the limit" : "";
  return {
    content: lines.endWith(`${countKinds(shown)}${rest}`),
    details: { entryCount: shown.length, truncated },
  };
}

async function walkUpTo(limit: number, path: string, files: RootedFiles, signal: AbortSignal) {
  const entries: FileEntry[] = [];
  for await (const entry of files.walk(path, { signal, skipFolderNames: skippedFolderNames })) {
    if (entries.length === limit) return { entries, truncated: true };
    entries.push(entry);
  }
  return { entries, truncated: signal.aborted };
}

function describe(entry: FileEntry): string {
  const path = printable(entry.path);
  switch (entry.kind) {
    case "folder":
      return `${path}/`;
    case "file":
      return `${path}\t${entry.sizeBytes}`;
    case "link":
    case "other":
      return `${path}\t${entry.kind}`;
  }
}

function countKinds(entries: readonly FileEntry[]): string {
  const count = (kind: FileEntry["kind"]) => entries.filter((entry) => entry.kind === kind).length;
  const parts = [counted(count("file"), "file"), counted(count("folder"), "folder")];
  if (count("link") > 0) parts.push(counted(count("link"), "link"));
  if (count("other") > 0) parts.push(`${count("other")} that are no plain file`);
  return parts.join(", ");
}
