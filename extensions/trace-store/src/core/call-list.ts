// Pages of tool calls: newest or slowest first, filtered.
//
// Invariants
//   P1  A cursor names the last call that was looked at, not a count: what is new meanwhile neither repeats a call nor
//       hides one.
//   P2  A page looks at `scannedMax` rows at most, and says where to go on even if it found nothing.
import type { Key, Storage } from "@lathe/kernel";
import type { ToolCallTrace } from "@lathe/wire";
import type { ToolCallQuery } from "@lathe/wire/operations";
import { decodeCall } from "./call-codec.ts";
import { keys } from "./keys.ts";

export interface CallListDesk {
  readonly storage: Storage;
  /** Number of the first call that this process saw. */
  readonly firstOwnCall: number;
  /** Whether the caller may see calls of this conversation. */
  readonly isVisible: (conversationId: string | null) => Promise<boolean>;
}

export interface CallPage {
  readonly items: readonly ToolCallTrace[];
  readonly nextCursor: string | null;
}

/** The last call that was looked at: its number, and what it took where the order is by that. */
interface Position {
  readonly durationMs: number | null;
  readonly number: number;
}

const scannedMax = 2_000;
const rowsPerRead = 100;

/** Undefined where the cursor is none of this order. `only` = the calls to look at, where they are known. */
export async function listCalls(
  query: ToolCallQuery,
  only: readonly number[] | undefined,
  desk: CallListDesk,
): Promise<CallPage | undefined> {
  const start = query.cursor === undefined ? undefined : parseCursor(query.cursor, query.order);
  if (query.cursor !== undefined && start === undefined) return undefined;
  const items: ToolCallTrace[] = [];
  let scanned = 0;
  let last = start;
  for await (const page of candidates(query, only, start, desk.storage)) {
    const calls = await readCalls(page, desk);
    for (const [index, position] of page.entries()) {
      if (items.length === query.limit || scanned === scannedMax)
        return { items, nextCursor: last === undefined ? null : cursorOf(last, query.order) };
      scanned++;
      last = position;
      const call = calls[index];
      if (call === undefined || !isAskedFor(call, query)) continue;
      if (await desk.isVisible(call.conversationId)) items.push(call);
    }
  }
  return { items, nextCursor: null };
}

async function* candidates(
  query: ToolCallQuery,
  only: readonly number[] | undefined,
  start: Position | undefined,
  storage: Storage,
): AsyncGenerator<readonly Position[]> {
  if (only !== undefined) yield* ofNumbers(query, only, start, storage);
  else if (query.order === "slowest") yield* bySlowness(query, start, storage);
  else yield* byNewest(query, start, storage);
}

async function* byNewest(
  { conversationId }: ToolCallQuery,
  start: Position | undefined,
  storage: Storage,
): AsyncGenerator<readonly Position[]> {
  const prefix = conversationId === undefined ? keys.calls : keys.callsOfConversation(conversationId);
  for await (const page of pagesBefore(storage, prefix, start && [...prefix, start.number]))
    yield page.map(({ key }) => ({ durationMs: null, number: key.at(-1) as number }));
}

async function* bySlowness(
  query: ToolCallQuery,
  start: Position | undefined,
  storage: Storage,
): AsyncGenerator<readonly Position[]> {
  const { minDurationMs = 0 } = query;
  const before = start && keys.callByDuration(start.durationMs ?? 0, start.number);
  for await (const page of pagesBefore(storage, keys.callsByDuration, before)) {
    const positions: Position[] = [];
    for (const { key } of page) {
      const [, durationMs, number] = key as readonly [string, number, number];
      if (durationMs < minDurationMs) break;
      positions.push({ durationMs, number });
    }
    yield positions;
    if (positions.length < page.length) return;
  }
}

/** Of calls that are known by number: all are read, since there are few. */
async function* ofNumbers(
  { order }: ToolCallQuery,
  only: readonly number[],
  start: Position | undefined,
  storage: Storage,
): AsyncGenerator<readonly Position[]> {
  const positions: Position[] = [];
  for (let first = 0; first < only.length; first += rowsPerRead) {
    const numbers = only.slice(first, first + rowsPerRead);
    const rows = await storage.getMany(numbers.map(keys.call));
    numbers.forEach((number, index) => {
      const row = rows[index];
      if (row === undefined) return;
      const { durationMs } = decodeCall(row.value, true);
      if (order === "newest") positions.push({ durationMs: null, number });
      else if (durationMs !== null) positions.push({ durationMs, number });
    });
  }
  positions.sort((left, right) => compare(right, left));
  const rest = start === undefined ? positions : positions.filter((one) => compare(one, start) < 0);
  for (let first = 0; first < rest.length; first += rowsPerRead) yield rest.slice(first, first + rowsPerRead);
}

function compare(left: Position, right: Position): number {
  return (left.durationMs ?? 0) - (right.durationMs ?? 0) || left.number - right.number;
}

async function* pagesBefore(
  storage: Storage,
  prefix: Key,
  start: Key | undefined,
): AsyncGenerator<Awaited<ReturnType<Storage["list"]>>> {
  for (let before = start; ; ) {
    const from = before === undefined ? {} : { before };
    const page = await storage.list({ prefix, limit: rowsPerRead, reverse: true, ...from });
    if (page.length > 0) yield page;
    before = page.at(-1)?.key;
    if (page.length < rowsPerRead) return;
  }
}

async function readCalls(
  page: readonly Position[],
  { storage, firstOwnCall }: CallListDesk,
): Promise<readonly (ToolCallTrace | undefined)[]> {
  const rows = await storage.getMany(page.map(({ number }) => keys.call(number)));
  return rows.map((row, index) => {
    const { number } = page[index] as Position;
    return row === undefined ? undefined : decodeCall(row.value, number >= firstOwnCall);
  });
}

function isAskedFor(call: ToolCallTrace, query: ToolCallQuery): boolean {
  const { conversationId, turnId, tool, outcome, minDurationMs } = query;
  return (
    (conversationId === undefined || call.conversationId === conversationId) &&
    (turnId === undefined || call.turnId === turnId) &&
    (tool === undefined || call.tool === tool) &&
    (outcome === undefined || call.outcome === outcome) &&
    (minDurationMs === undefined || (call.durationMs !== null && call.durationMs >= minDurationMs))
  );
}

function cursorOf({ durationMs, number }: Position, order: ToolCallQuery["order"]): string {
  return order === "newest" ? `n:${number}` : `s:${durationMs ?? 0}:${number}`;
}

function parseCursor(cursor: string, order: ToolCallQuery["order"]): Position | undefined {
  const pattern = order === "newest" ? /^n:(\d{1,15})$/ : /^s:(\d{1,15}(?:\.\d{1,20})?):(\d{1,15})$/;
  const found = pattern.exec(cursor);
  if (found === null) return undefined;
  if (order === "newest") return { durationMs: null, number: Number(found[1]) };
  return { durationMs: Number(found[1]), number: Number(found[2]) };
}
