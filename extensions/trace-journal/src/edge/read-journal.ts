// Reads a journal back, also while it is being written.
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { SpanRecord } from "@lathe/kernel";
import { parseLine } from "../core/record-lines.ts";
import { fileName, listFileNumbers } from "./file-names.ts";

/**
 * The records of a journal's folder, in the order in which they were written. A folder that does not exist holds
 * none. Lines that are not whole records (torn by a kill or a full disk) are left out, as are files that are removed
 * while it reads. Throws the system's error where a file cannot be read.
 */
export async function* readJournal(folder: string): AsyncGenerator<SpanRecord> {
  for (const number of await unlessMissing(listFileNumbers(folder), [])) {
    const handle = await unlessMissing(open(join(folder, fileName(number)), "r"), undefined);
    if (handle === undefined) continue;
    try {
      yield* readRecords(handle);
    } finally {
      await handle.close();
    }
  }
}

async function* readRecords(handle: FileHandle): AsyncGenerator<SpanRecord> {
  for await (const line of readLines(handle)) {
    const record = parseLine(line);
    if (record !== undefined) yield record;
  }
}

/** Splits at line feeds alone: a record may hold other characters that some readers take for the end of a line. */
async function* readLines(handle: FileHandle): AsyncGenerator<string> {
  const chunk = Buffer.alloc(65_536);
  let begun: Buffer[] = [];
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    let start = 0;
    for (let end = find(chunk, start, bytesRead); end >= 0; end = find(chunk, start, bytesRead)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)]).toString("utf8");
      begun = [];
      start = end + 1;
    }
    if (start < bytesRead) begun.push(Buffer.from(chunk.subarray(start, bytesRead)));
  }
  if (begun.length > 0) yield Buffer.concat(begun).toString("utf8");
}

function find(chunk: Buffer, start: number, length: number): number {
  const index = chunk.indexOf(lineFeed, start);
  return index < length ? index : -1;
}

async function unlessMissing<T, U>(promise: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await promise;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return instead;
    throw cause;
  }
}

const lineFeed = 0x0a;
