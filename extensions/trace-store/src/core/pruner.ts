// Removes generations that are too old, or too many together, a little at a time.
//
// Invariants
//   R1  The generation that is written to is never removed; where it must go, the next one begins first.
//   R2  A generation is marked before anything of it is removed, and its mark goes last: after a crash the rest of it is
//       removed at the next start, and nobody is shown half of it.
//   R3  One removal at a time.
import type { ClockPower, JsonValue, Key, Storage } from "@lathe/kernel";
import type { PrunedTraces } from "@lathe/wire";
import { decodeCall } from "./call-codec.ts";
import { type Generation, type Generations, generationRow } from "./generations.ts";
import { keys, ownedPrefixes } from "./keys.ts";

export interface Retention {
  readonly ageMsMax: number;
  readonly bytesMax: number;
}

export interface Removed extends PrunedTraces {
  readonly spanCount: number;
}

export interface PrunerDesk {
  readonly storage: Storage;
  readonly generations: Generations;
  readonly clock: ClockPower;
  /** Settles when nothing more comes to the generations that are not the newest. */
  readonly quiet: () => Promise<void>;
}

const callsPerCommit = 200;

export class Pruner {
  readonly #desk: PrunerDesk;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(desk: PrunerDesk) {
    this.#desk = desk;
  }

  /**
   * Removes what does not fit; settles when it is gone. Rejects with what the store throws; the next call goes on. An
   * abort ends it between two commits: what is begun is hidden, and removed by the next call.
   */
  prune(retention: Retention, signal?: AbortSignal): Promise<Removed> {
    const pruning = this.#running.then(() => this.#prune(retention, signal));
    this.#running = pruning.catch(() => undefined);
    return pruning;
  }

  /** Removes no more; settles when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #prune(retention: Retention, signal: AbortSignal | undefined): Promise<Removed> {
    const { generations, clock } = this.#desk;
    const nowMs = clock.nowMs();
    const leaving = leavingGenerations(generations.all, retention, nowMs);
    if (leaving.includes(generations.current)) generations.roll(nowMs);
    await this.#desk.quiet();
    const removed = { generationCount: 0, toolCallCount: 0, spanCount: 0, bytes: 0 };
    for (const generation of leaving) {
      if (!(await this.#remove(generation, signal))) break;
      removed.generationCount++;
      removed.toolCallCount += generation.nextCall - generation.firstCall;
      removed.spanCount += generation.spanCount;
      removed.bytes += generation.bytes;
    }
    return removed;
  }

  /** False where it was ended before it was through. */
  async #remove(generation: Generation, signal: AbortSignal | undefined): Promise<boolean> {
    const { storage, generations } = this.#desk;
    const isEnded = (): boolean => this.#stopped || signal?.aborted === true;
    if (isEnded()) return false;
    generation.ending = true;
    // The newest one goes along: the numbers that this one has given out must be known after a crash.
    await storage.commit({ puts: [generationRow(generation), generationRow(generations.current)] });
    await this.#removeCalls(generation, isEnded);
    for (const { prefix, page } of ownedPrefixes(generation.number))
      await this.#removeAll(prefix, page, isEnded);
    if (isEnded()) return false;
    await storage.commit({ deletes: [keys.generation(generation.number)] });
    generations.remove(generation);
    return true;
  }

  async #removeCalls({ firstCall, nextCall }: Generation, isEnded: () => boolean): Promise<void> {
    const { storage } = this.#desk;
    for (let first = firstCall; first < nextCall && !isEnded(); first += callsPerCommit) {
      const count = Math.min(callsPerCommit, nextCall - first);
      const numbers = Array.from({ length: count }, (_, index) => first + index);
      const rows = await storage.getMany(numbers.map(keys.call));
      const deletes: Key[] = [];
      rows.forEach((row, index) => {
        if (row !== undefined) deletes.push(...keysOfCall(numbers[index] as number, row.value));
      });
      if (deletes.length > 0) await storage.commit({ deletes });
    }
  }

  async #removeAll(prefix: Key, page: number, isEnded: () => boolean): Promise<void> {
    const { storage } = this.#desk;
    while (!isEnded()) {
      const rows = await storage.list({ prefix, limit: page });
      if (rows.length > 0) await storage.commit({ deletes: rows.map(({ key }) => key) });
      if (rows.length < page) return;
    }
  }
}

function keysOfCall(number: number, value: JsonValue): Key[] {
  const { conversationId, durationMs } = decodeCall(value, true);
  const found: Key[] = [keys.call(number)];
  if (conversationId !== null) found.push(keys.callOfConversation(conversationId, number));
  if (durationMs !== null) found.push(keys.callByDuration(durationMs, number));
  return found;
}

/** What must go, oldest first: what is ending already, what is too old, and then what is too much. */
export function leavingGenerations(
  all: readonly Generation[],
  { ageMsMax, bytesMax }: Retention,
  nowMs: number,
): readonly Generation[] {
  const leaving = all.filter(
    ({ ending, bytes, lastAtMs }) => ending || (bytes > 0 && nowMs - lastAtMs >= ageMsMax),
  );
  const staying = all.filter((generation) => !leaving.includes(generation));
  let bytes = staying.reduce((sum, generation) => sum + generation.bytes, 0);
  for (const generation of staying) {
    if (bytes <= bytesMax) break;
    // A clock that went back may leave gaps: what is older by number goes before what is newer.
    leaving.push(generation);
    bytes -= generation.bytes;
  }
  return leaving.sort((left, right) => left.number - right.number);
}
