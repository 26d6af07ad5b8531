// Traces are kept in numbered generations, each removed as a whole: nothing in one refers to another.
//
// Owns: the numbers that are given out within them, and their counts.
//
// Invariants
//   G1  The row of a generation goes with every commit that adds to it, so its numbers are never given twice, also
//       after a crash. Opening reads these rows alone, whatever they hold.
//   G2  The newest generation is the only one that is added to.
import type { JsonValue, Key, Storage } from "@lathe/kernel";
import { keys } from "./keys.ts";

export interface Generation {
  readonly number: number;
  readonly startedAtMs: number;
  lastAtMs: number;
  /** About. */
  bytes: number;
  spanCount: number;
  bodyCount: number;
  droppedCount: number;
  /** Numbers of the first tool call that is in it, and of the one that comes next. */
  readonly firstCall: number;
  nextCall: number;
  nextList: number;
  nextRow: number;
  /** It is being removed; what is left of it is not shown. */
  ending: boolean;
}

export interface GenerationLimits {
  readonly bytesMax: number;
  readonly ageMsMax: number;
}

export class Generations {
  readonly #limits: GenerationLimits;
  readonly #all: Generation[];
  /** The first numbers that this process gave out: whatever is older was written by an earlier one. */
  readonly firstOwn: { readonly generation: number; readonly row: number; readonly call: number };

  private constructor(limits: GenerationLimits, all: Generation[], nowMs: number) {
    this.#limits = limits;
    this.#all = all;
    const last = all.at(-1);
    const current = last === undefined || last.ending ? this.#begin(nowMs) : last;
    this.firstOwn = { generation: current.number, row: current.nextRow, call: current.nextCall };
  }

  static async open(storage: Storage, limits: GenerationLimits, nowMs: number): Promise<Generations> {
    const all: Generation[] = [];
    for (let after: Key | undefined; ; ) {
      const query = { prefix: keys.generations, limit: 1_000 };
      const rows = await storage.list(after === undefined ? query : { ...query, after });
      for (const { value } of rows) all.push(value as unknown as Generation);
      after = rows.at(-1)?.key;
      if (after === undefined || rows.length < 1_000) return new Generations(limits, all, nowMs);
    }
  }

  /** Oldest first. */
  get all(): readonly Generation[] {
    return this.#all;
  }

  /** Those that can be read, oldest first. */
  get readable(): readonly Generation[] {
    return this.#all.filter(({ ending }) => !ending);
  }

  get current(): Generation {
    return this.#all.at(-1) as Generation;
  }

  /** Number of the first tool call that is kept. */
  get firstKeptCall(): number {
    return (this.#all.find(({ ending }) => !ending) ?? this.current).firstCall;
  }

  /** Begins the next generation where the current one has its size or its age. True where it did. */
  rollIfDue(nowMs: number): boolean {
    const { bytes, startedAtMs } = this.current;
    const isOld = nowMs - startedAtMs >= this.#limits.ageMsMax;
    if (bytes < this.#limits.bytesMax && !(isOld && bytes > 0)) return false;
    this.#begin(nowMs);
    return true;
  }

  /** Begins the next generation, whatever the current one holds. */
  roll(nowMs: number): void {
    this.#begin(nowMs);
  }

  remove(generation: Generation): void {
    const at = this.#all.indexOf(generation);
    if (at >= 0) this.#all.splice(at, 1);
  }

  #begin(nowMs: number): Generation {
    const last = this.#all.at(-1);
    const nextCall = last?.nextCall ?? 1;
    const generation: Generation = {
      number: (last?.number ?? 0) + 1,
      startedAtMs: nowMs,
      lastAtMs: nowMs,
      bytes: 0,
      spanCount: 0,
      bodyCount: 0,
      droppedCount: 0,
      firstCall: nextCall,
      nextCall,
      nextList: 1,
      nextRow: 1,
      ending: false,
    };
    this.#all.push(generation);
    return generation;
  }
}

export function generationRow(generation: Generation): { readonly key: Key; readonly value: JsonValue } {
  return { key: keys.generation(generation.number), value: { ...generation } as unknown as JsonValue };
}
