import { defineTool } from "@lathe/extension-kit";
import type { RootedFiles, TimersPower, Tool, ToolOutput } from "@lathe/kernel";
import * as v from "valibot";
import type { FilesConfig } from "./config.ts";
import { answering, printable, refusal } from "./core/answer.ts";
import type { Gate } from "./core/gate.ts";
import { compileGlob } from "./core/glob.ts";
import { SearchReport } from "./core/search-report.ts";
import { type FoundFile, gatherBatches, readBatch } from "./core/searched-files.ts";
import { LineMatcher, type MatchSettings } from "./edge/line-matcher.ts";

const input = v.strictObject({
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
  glob: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(500),
      v.description(
        'Only files whose name matches, or where it has a "/", whose path from the working folder: *.ts, src/**/*.{js,ts}.',
      ),
    ),
  ),
  literal: v.optional(v.pipe(v.boolean(), v.description("Take the pattern as plain text."))),
  ignore_case: v.optional(v.pipe(v.boolean(), v.description("Take upper and lower case as the same."))),
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.description("How many matching lines to show at most.")),
  ),
});
type SearchInput = v.InferOutput<typeof input>;

export interface SearchDesk {
  readonly config: FilesConfig;
  readonly timers: TimersPower;
  /** Each search has a thread; the gate says how many there are at a time. */
  readonly gate: Gate;
  /** Aborts when the extension stops. */
  readonly stopping: AbortSignal;
}

export function createSearchFiles(desk: SearchDesk): Tool {
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
      answering(() => search(given, exec.files(cwd), desk, AbortSignal.any([signal, desk.stopping]))),
  });
}

async function search(
  given: SearchInput,
  files: RootedFiles,
  desk: SearchDesk,
  signal: AbortSignal,
): Promise<ToolOutput> {
  const prepared = prepare(given);
  if (prepared.kind === "invalid") return refusal(prepared.message);
  const leave = await desk.gate.enter(signal);
  if (leave === undefined) return aborted;
  try {
    return await searchFiles(prepared, { given, files, desk, signal });
  } finally {
    leave();
  }
}

interface Task {
  readonly given: SearchInput;
  readonly files: RootedFiles;
  readonly desk: SearchDesk;
  readonly signal: AbortSignal;
}

async function searchFiles({ settings, isIncluded }: Wanted, task: Task): Promise<ToolOutput> {
  const { given, files, signal } = task;
  const { config, timers } = task.desk;
  const report = createReport(given, config);
  await using matcher = new LineMatcher(settings, timers, config.matchTimeMsMax);
  const batches = gatherBatches(given.path ?? ".", { files, isIncluded, report, signal });
  for await (const batch of batches) {
    const texts = await readBatch(batch, files, report);
    const question = { texts: texts.map(({ bytes }) => bytes), matchCountMax: report.freeMatchCount };
    const outcome = await matcher.ask(question, signal);
    if (outcome.kind === "aborted") return aborted;
    if (outcome.kind === "too-slow") return refusal(describeSlow(config, batch[0]));
    if (outcome.kind === "failed")
      return refusal(`The search failed: ${outcome.message} Use a simpler pattern, or set literal.`);
    for (const [index, matches] of outcome.answer.entries()) report.add(texts[index]?.path ?? "", matches);
    if (report.isFull) break;
  }
  return signal.aborted ? aborted : report.toOutput();
}

const aborted: ToolOutput = refusal("The search was aborted.");

interface Wanted {
  readonly kind: "wanted";
  readonly settings: MatchSettings;
  readonly isIncluded: (path: string) => boolean;
}

function prepare(given: SearchInput): Wanted | { readonly kind: "invalid"; readonly message: string } {
  const { pattern, literal = false, ignore_case = false, glob } = given;
  const source = literal ? RegExp.escape(pattern) : pattern;
  const settings = { source, flags: ignore_case ? "i" : "" };
  try {
    // Making one only reads it; nothing is matched here.
    new RegExp(source);
    return { kind: "wanted", settings, isIncluded: glob === undefined ? () => true : compileGlob(glob) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const hint = error instanceof SyntaxError ? " Correct it, or set literal to search for plain text." : "";
    return { kind: "invalid", message: `${problem.replace(/\.$/, "")}.${hint}` };
  }
}

function createReport({ limit }: SearchInput, config: FilesConfig): SearchReport {
  return new SearchReport({
    matchCountMax: Math.min(limit ?? config.searchMatchCountMax, config.searchMatchCountMax),
    fileCountMax: config.searchFileCountMax,
    fileBytesMax: config.searchFileBytesMax,
    bytesMax: config.searchBytesMax,
  });
}

function describeSlow({ matchTimeMsMax }: FilesConfig, first: FoundFile | undefined): string {
  const where = printable(first?.path ?? "the start");
  return `The pattern took longer than ${matchTimeMsMax / 1_000} s at or after ${where} and was given up. Use a simpler one without nested repetition, or set literal.`;
}
