import { defineTool } from "@lathe/extension-kit";
import {
  FileAccessError,
  type RootedFiles,
  type TimersPower,
  type Tool,
  type ToolOutput,
} from "@lathe/kernel";
import * as v from "valibot";
import type { FilesConfig } from "./config.ts";
import { answering, printable, refusal } from "./core/answer.ts";
import { compileGlob } from "./core/glob.ts";
import { SearchReport } from "./core/search-report.ts";
import { skippedFolderNames } from "./core/skipped-folders.ts";
import { LineMatcher, type MatchSettings } from "./edge/line-matcher.ts";

const filesAtOnce = 32;
const bytesAtOnce = 1_048_576;

const input = v.object({
  pattern: v.pipe(
    v.string(),
    v.minLength(1, "pattern is empty. To see which files there are, use list_files."),
    v.maxLength(1_000),
    v.description("What to look for in each line: a JavaScript regular expression."),
  ),
  path: v.optional(
    v.pipe(
      v.string(),
      v.description("A folder or a file, relative to the working folder. Without it, that one."),
    ),
  ),
  include: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(500),
      v.description('Only files whose name, or path where it has a "/", matches: *.ts, src/**/*.{js,ts}.'),
    ),
  ),
  literal: v.optional(v.pipe(v.boolean(), v.description("Take the pattern as plain text."))),
  ignore_case: v.optional(v.pipe(v.boolean(), v.description("Take upper and lower case as the same."))),
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.description("How many matching lines to show at most.")),
  ),
});
type SearchInput = v.InferOutput<typeof input>;

export function createSearchFiles(config: FilesConfig, timers: TimersPower): Tool {
  return defineTool({
    name: "search_files",
    description:
      "Searches the text files below a folder, line by line. Answers with path:line: text. Passes over binary files, very large files, .git and node_modules.",
    input,
    concurrencySafe: true,
    readOnly: true,
    idempotent: true,
    timeoutMs: 120_000,
    execute: (given, { exec, cwd, signal }) =>
      answering(() => searchFiles(given, exec.files(cwd), config, timers, signal)),
  });
}

async function searchFiles(
  given: SearchInput,
  files: RootedFiles,
  config: FilesConfig,
  timers: TimersPower,
  signal: AbortSignal,
): Promise<ToolOutput> {
  const prepared = prepare(given);
  if (prepared.kind === "invalid") return refusal(prepared.message);
  const matchCountMax = Math.min(given.limit ?? config.searchMatchCountMax, config.searchMatchCountMax);
  const report = new SearchReport({ ...config, matchCountMax });
  await using matcher = new LineMatcher(prepared.settings, timers, config.matchTimeMsMax);
  for await (const paths of gather(given.path ?? ".", files, prepared.isIncluded, report, signal)) {
    const texts = await readAll(paths, files, config.searchFileBytesMax, report);
    const question = { texts: texts.map(({ bytes }) => bytes), matchCountMax: report.freeMatchCount };
    const outcome = await matcher.ask(question, signal);
    if (outcome.kind === "too-slow") return refusal(describeSlow(config, texts[0]?.path ?? ""));
    if (outcome.kind === "failed") return refusal(`The search failed: ${outcome.message}`);
    if (outcome.kind === "aborted") break;
    for (const [index, matches] of outcome.answer.entries()) report.add(texts[index]?.path ?? "", matches);
    if (report.isFull) break;
  }
  return signal.aborted ? refusal("The search was aborted.") : report.toOutput();
}

type Prepared =
  | {
      readonly kind: "valid";
      readonly settings: MatchSettings;
      readonly isIncluded: (path: string) => boolean;
    }
  | { readonly kind: "invalid"; readonly message: string };

function prepare({ pattern, literal = false, ignore_case = false, include }: SearchInput): Prepared {
  const source = literal ? RegExp.escape(pattern) : pattern;
  const settings = { source, flags: ignore_case ? "i" : "" };
  try {
    new RegExp(source);
    return { kind: "valid", settings, isIncluded: include === undefined ? () => true : compileGlob(include) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const hint = error instanceof SyntaxError ? " Correct it, or set literal to search for plain text." : "";
    return { kind: "invalid", message: `${problem}.${hint}`.replace("..", ".") };
  }
}

/** The files to search, in batches that are small enough to be read and matched at once. */
async function* gather(
  path: string,
  files: RootedFiles,
  isIncluded: (path: string) => boolean,
  report: SearchReport,
  signal: AbortSignal,
): AsyncIterable<readonly string[]> {
  let batch: string[] = [];
  let batchBytes = 0;
  for await (const entry of walkOrSelf(path, files, signal)) {
    if (!isIncluded(entry.path) || !report.admit(entry.sizeBytes)) continue;
    batch.push(entry.path);
    batchBytes += entry.sizeBytes;
    if (batch.length < filesAtOnce && batchBytes < bytesAtOnce) continue;
    yield batch;
    batch = [];
    batchBytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function* walkOrSelf(
  path: string,
  files: RootedFiles,
  signal: AbortSignal,
): AsyncIterable<{ readonly path: string; readonly sizeBytes: number }> {
  try {
    for await (const entry of files.walk(path, { signal, skipFolderNames: skippedFolderNames })) {
      if (entry.kind === "file") yield entry;
    }
  } catch (error) {
    if (!(error instanceof FileAccessError) || error.code !== "not-a-folder") throw error;
    const { sizeBytes } = await files.read(path, { offset: 0, bytesMax: 0 });
    yield { path, sizeBytes };
  }
}

interface FileText {
  readonly path: string;
  readonly bytes: Uint8Array;
}

async function readAll(
  paths: readonly string[],
  files: RootedFiles,
  bytesMax: number,
  report: SearchReport,
): Promise<FileText[]> {
  const reading = paths.map(async (path): Promise<FileText | undefined> => {
    try {
      return { path, bytes: (await files.read(path, { offset: 0, bytesMax })).bytes };
    } catch (error) {
      if (!(error instanceof FileAccessError)) throw error;
      report.countUnreadable();
      return undefined;
    }
  });
  return (await Promise.all(reading)).filter((text) => text !== undefined);
}

function describeSlow({ matchTimeMsMax }: FilesConfig, path: string): string {
  return `The pattern took longer than ${matchTimeMsMax / 1_000} s at or after ${printable(path)} and was given up. Use a simpler one without nested repetition, or set literal.`;
}
