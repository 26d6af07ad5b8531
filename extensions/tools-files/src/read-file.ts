import { defineTool } from "@lathe/extension-kit";
import type { RootedFiles, Tool, ToolOutput } from "@lathe/kernel";
import * as v from "valibot";
import type { FilesConfig } from "./config.ts";
import { answering, counted, refusal } from "./core/answer.ts";
import { LineCollector } from "./core/line-collector.ts";
import { decodeExactly, decodeLeniently, looksBinary, wholeCharacters } from "./core/text.ts";

const chunkBytes = 262_144;
/** Lines are found by reading from the start; further in than this, other tools are better. */
const scannedBytesMax = 67_108_864;

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

const input = v.strictObject({
  path: v.pipe(v.string(), v.description("The file, relative to the working folder.")),
  offset_line: v.optional(v.pipe(positive, v.description("The first line to show, counted from 1."))),
  limit_lines: v.optional(v.pipe(positive, v.description("How many lines to show at most."))),
});
type ReadInput = v.InferOutput<typeof input>;

export function createReadFile(config: FilesConfig): Tool {
  return defineTool({
    name: "read_file",
    description: `Reads a text file. Shows its text exactly as it is, without line numbers, up to ${config.readLineCountMax} lines or ${config.readBytesMax} bytes; a note in brackets at the end says how to read on.`,
    input,
    concurrencySafe: true,
    readOnly: true,
    idempotent: true,
    timeoutMs: 30_000,
    execute: (given, { exec, cwd, signal }) =>
      answering(() => readFile(given, exec.files(cwd), config, signal)),
  });
}

async function readFile(
  given: ReadInput,
  files: RootedFiles,
  config: FilesConfig,
  signal: AbortSignal,
): Promise<ToolOutput> {
  const firstLine = given.offset_line ?? 1;
  const lineCountMax = Math.min(given.limit_lines ?? config.readLineCountMax, config.readLineCountMax);
  const lines = new LineCollector({ firstLine, lineCountMax, bytesMax: config.readBytesMax });
  const scan = await scanFile(given.path, files, lines, signal);
  if (scan.kind !== "scanned") return refusal(describeTrouble(given.path, scan));
  if (scan.sizeBytes === 0) return { content: "[the file is empty]", details: { sizeBytes: 0 } };
  if (lines.stop === undefined && lines.lineCount < firstLine) {
    return refusal(`"${given.path}" has ${counted(lines.lineCount, "line")}; there is no line ${firstLine}.`);
  }
  const bytes = lines.bytes();
  if (bytes.includes(0)) return refusal(describeTrouble(given.path, { ...scan, kind: "binary" }));
  return show(bytes, lines, firstLine, scan);
}

interface Scanned {
  readonly kind: "scanned";
  /** When the reading began; what came behind that is not read. */
  readonly sizeBytes: number;
  readonly hasGrown: boolean;
}

type Trouble =
  | { readonly kind: "binary"; readonly sizeBytes: number }
  | { readonly kind: "changed" | "too-far" | "aborted" };

async function scanFile(
  path: string,
  files: RootedFiles,
  lines: LineCollector,
  signal: AbortSignal,
): Promise<Scanned | Trouble> {
  const { sizeBytes, version } = await files.read(path, { offset: 0, bytesMax: 0 });
  let hasGrown = false;
  for (let offset = 0; offset < Math.min(sizeBytes, scannedBytesMax); ) {
    if (signal.aborted) return { kind: "aborted" };
    const slice = await files.read(path, { offset, bytesMax: Math.min(chunkBytes, sizeBytes - offset) });
    if (slice.version !== version) {
      // A log that others append to can be read; chunks of two different files are the text of neither.
      if (slice.sizeBytes <= sizeBytes || slice.bytes.length === 0) return { kind: "changed" };
      hasGrown = true;
    }
    if (offset === 0 && looksBinary(slice.bytes)) return { kind: "binary", sizeBytes };
    if (slice.bytes.length === 0 || !lines.add(slice.bytes)) break;
    offset += slice.bytes.length;
    if (offset >= scannedBytesMax && offset < sizeBytes) return { kind: "too-far" };
  }
  return { kind: "scanned", sizeBytes, hasGrown };
}

function describeTrouble(path: string, trouble: Trouble): string {
  switch (trouble.kind) {
    case "binary":
      return `"${path}" is not a text file (${trouble.sizeBytes} bytes). Its content is not shown; a command can look at it.`;
    case "changed":
      return `"${path}" was changed while it was read. Read it again.`;
    case "too-far":
      return `The line is more than ${scannedBytesMax} bytes into "${path}". Search the file, or read it with a command.`;
    case "aborted":
      return `Reading "${path}" was aborted.`;
  }
}

function show(bytes: Uint8Array, lines: LineCollector, firstLine: number, scan: Scanned): ToolOutput {
  // The end of a cut may be the middle of a character; that is no damage of the file.
  const whole = lines.stop === "long-line" ? wholeCharacters(bytes) : bytes;
  const exact = decodeExactly(whole);
  const notes: string[] = [];
  if (exact === undefined)
    notes.push("some bytes are not UTF-8 and are shown as \ufffd; edit_file refuses this file");
  if (scan.hasGrown) notes.push("somebody wrote to the file while it was read");
  if (lines.stop !== undefined) notes.push(noteOfRest(lines, firstLine, scan.sizeBytes));
  const shown = exact ?? decodeLeniently(whole);
  const gap = notes.length === 0 || shown.endsWith("\n") ? "" : "\n";
  const note = notes.length === 0 ? "" : `[${notes.join("; ")}]`;
  return {
    content: shown + gap + note,
    details: { sizeBytes: scan.sizeBytes, firstLine, truncated: lines.stop !== undefined },
  };
}

function noteOfRest({ stop, stoppedLine }: LineCollector, firstLine: number, sizeBytes: number): string {
  if (stop === "long-line") {
    return `line ${firstLine} is longer than what can be shown, so its rest is left out: search_files shows the part around a match; the file has ${sizeBytes} bytes; read on with offset_line ${firstLine + 1}`;
  }
  return `lines ${firstLine} to ${stoppedLine - 1} are shown; the file goes on and has ${sizeBytes} bytes; read on with offset_line ${stoppedLine}`;
}
