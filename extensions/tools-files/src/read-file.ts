import { defineTool } from "@lathe/extension-kit";
import type { RootedFiles, Tool, ToolOutput } from "@lathe/kernel";
import * as v from "valibot";
import type { FilesConfig } from "./config.ts";
import { answering, counted, refusal } from "./core/answer.ts";
import { LineCollector } from "./core/line-collector.ts";
import { decodeExactly, decodeLeniently, looksBinary } from "./core/text.ts";

const chunkBytes = 262_144;
/** Lines are found by reading from the start; further in than this, other tools are better. */
const scannedBytesMax = 67_108_864;

const lineNumber = v.pipe(v.number(), v.integer(), v.minValue(1));

const input = v.object({
  path: v.pipe(v.string(), v.description("The file, relative to the working folder.")),
  offset: v.optional(v.pipe(lineNumber, v.description("The first line to show, counted from 1."))),
  limit: v.optional(v.pipe(lineNumber, v.description("How many lines to show at most."))),
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
  const firstLine = given.offset ?? 1;
  const lineCountMax = Math.min(given.limit ?? config.readLineCountMax, config.readLineCountMax);
  const lines = new LineCollector({ firstLine, lineCountMax, bytesMax: config.readBytesMax });
  const scan = await scanFile(given.path, files, lines, signal);
  if (scan.kind !== "scanned") return refusal(describeTrouble(given.path, scan));
  if (scan.sizeBytes === 0) return { content: "[the file is empty]", details: { sizeBytes: 0 } };
  if (lines.stop === undefined && lines.lineCount < firstLine) {
    return refusal(`"${given.path}" has ${counted(lines.lineCount, "line")}; there is no line ${firstLine}.`);
  }
  return show(lines, firstLine, scan.sizeBytes);
}

type Scan =
  | { readonly kind: "scanned"; readonly sizeBytes: number }
  | { readonly kind: "binary"; readonly sizeBytes: number }
  | { readonly kind: "changed" | "too-far" | "aborted" };

async function scanFile(
  path: string,
  files: RootedFiles,
  lines: LineCollector,
  signal: AbortSignal,
): Promise<Scan> {
  let version: string | undefined;
  for (let offset = 0; offset < scannedBytesMax; ) {
    if (signal.aborted) return { kind: "aborted" };
    const slice = await files.read(path, { offset, bytesMax: chunkBytes });
    const { bytes, sizeBytes } = slice;
    if (offset === 0 && looksBinary(bytes)) return { kind: "binary", sizeBytes };
    // Chunks of two states of a file are the text of neither.
    version ??= slice.version;
    if (slice.version !== version) return { kind: "changed" };
    offset += bytes.length;
    if (!lines.add(bytes) || bytes.length === 0 || offset >= sizeBytes) return { kind: "scanned", sizeBytes };
  }
  return { kind: "too-far" };
}

function describeTrouble(path: string, scan: Exclude<Scan, { readonly kind: "scanned" }>): string {
  switch (scan.kind) {
    case "binary":
      return `"${path}" is not a text file (${scan.sizeBytes} bytes). Its content is not shown.`;
    case "changed":
      return `"${path}" was changed while it was read. Read it again.`;
    case "too-far":
      return `The line is more than ${scannedBytesMax} bytes into "${path}". Search the file, or read it with a command.`;
    case "aborted":
      return `Reading "${path}" was aborted.`;
  }
}

function show(lines: LineCollector, firstLine: number, sizeBytes: number): ToolOutput {
  const bytes = lines.bytes();
  // The end of a cut may be the middle of a character; that is no damage of the file.
  const text = decodeExactly(lines.stop === "bytes" ? bytes.subarray(0, wholeCharacters(bytes)) : bytes);
  const notes =
    text === undefined
      ? ["[some bytes are not UTF-8 and are shown as \ufffd; edit_file refuses this file]"]
      : [];
  if (lines.stop !== undefined) notes.push(noteOfRest(lines, firstLine, sizeBytes));
  const shown = text ?? decodeLeniently(bytes);
  const gap = notes.length === 0 || shown.endsWith("\n") ? "" : "\n";
  return {
    content: shown + gap + notes.join("\n"),
    details: { sizeBytes, firstLine, truncated: lines.stop !== undefined },
  };
}

/** How many of the bytes are left when an unfinished UTF-8 character is taken from their end. */
function wholeCharacters(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > 0 && start > bytes.length - 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? start : bytes.length;
}

function noteOfRest(lines: LineCollector, firstLine: number, sizeBytes: number): string {
  const { nextLine, stop } = lines;
  if (stop === "bytes" && nextLine === firstLine) {
    return `[line ${firstLine} is longer than what can be shown; the rest of it is left out. The next line is offset ${firstLine + 1}. The file has ${sizeBytes} bytes.]`;
  }
  const cut = stop === "bytes" ? `, line ${nextLine} not to its end` : "";
  const last = stop === "bytes" ? nextLine : nextLine - 1;
  return `[lines ${firstLine} to ${last} are shown${cut}; the file goes on and has ${sizeBytes} bytes. Read on with offset ${nextLine}.]`;
}
