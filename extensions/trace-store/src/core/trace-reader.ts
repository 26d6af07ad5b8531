// Finds what is stored of a trace, in every generation that holds some of it.
import type { Key, Row, Storage } from "@lathe/kernel";
import type { Generations } from "./generations.ts";
import { keys } from "./keys.ts";
import { decodeRow, type StoredBody, type StoredRecord, type TraceRow } from "./span-codec.ts";

export interface ReaderDesk {
  readonly storage: Storage;
  readonly generations: Generations;
}

export interface StoredTrace {
  readonly conversationId: string | null;
  readonly callNumbers: readonly number[];
  /** In the order in which they were written. */
  readonly rows: readonly FoundRow[];
  /** True where there is more than is read. */
  readonly cut: boolean;
}

export interface FoundRow extends TraceRow {
  readonly generation: number;
  /** Whether this process wrote it. */
  readonly isOwn: boolean;
}

export interface FoundBody {
  readonly generation: number;
  readonly conversationId: string | null;
  readonly body: StoredBody;
}

const rowsPerPage = 64;
const recordsMax = 50_000;

/** Undefined where nothing is kept under this name. */
export async function readTrace(name: string, desk: ReaderDesk): Promise<StoredTrace | undefined> {
  const rows: FoundRow[] = [];
  const callNumbers: number[] = [];
  let conversationId: string | null = null;
  let recordCount = 0;
  for await (const row of rowsOf(name, desk, false)) {
    rows.push(row);
    callNumbers.push(...row.calls);
    conversationId ??= row.conversationId;
    recordCount += row.records.length;
    if (recordCount >= recordsMax) return { conversationId, callNumbers, rows, cut: true };
  }
  return rows.length === 0 ? undefined : { conversationId, callNumbers, rows, cut: false };
}

/** The last body of this name that the span has; "no-body" where there is the trace, and no such body. */
export async function findBody(
  name: string,
  spanId: string,
  bodyName: string,
  desk: ReaderDesk,
): Promise<FoundBody | "no-body" | "no-trace"> {
  let found = false;
  for await (const { records, generation, conversationId } of rowsOf(name, desk, true)) {
    found = true;
    const body = records.findLast((record) => isBodyOf(record, spanId, bodyName));
    if (body?.[0] !== "b") continue;
    const [, , , ...stored] = body;
    return { generation, conversationId, body: stored };
  }
  return found ? "no-body" : "no-trace";
}

function isBodyOf(record: StoredRecord, spanId: string, bodyName: string): boolean {
  return record[0] === "b" && record[1] === spanId && record[2] === bodyName;
}

async function* rowsOf(
  name: string,
  { storage, generations }: ReaderDesk,
  reverse: boolean,
): AsyncGenerator<FoundRow> {
  const { firstOwn } = generations;
  const inOrder = [...generations.readable];
  if (reverse) inOrder.reverse();
  for (const { number: generation } of inOrder) {
    const prefix = keys.trace(generation, name);
    for await (const { key, value } of pagedRows(storage, prefix, rowsPerPage, reverse)) {
      const row = key.at(-1) as number;
      const isOwn =
        generation > firstOwn.generation || (generation === firstOwn.generation && row >= firstOwn.row);
      yield { ...decodeRow(value), generation, isOwn };
    }
  }
}

/** Every row below a prefix, read page by page. */
export async function* pagedRows(
  storage: Storage,
  prefix: Key,
  limit: number,
  reverse = false,
): AsyncGenerator<Row> {
  for (let last: Key | undefined; ; ) {
    const from = last === undefined ? {} : reverse ? { before: last } : { after: last };
    const rows = await storage.list({ prefix, limit, reverse, ...from });
    yield* rows;
    last = rows.at(-1)?.key;
    if (last === undefined || rows.length < limit) return;
  }
}
