// The step in flight: what it has said that is not stored yet, and which rows hold what is.
//
// Owns: the partial rows of one turn, `["partial", conversationId, n]`, each with events of one step in their order.
//
// Invariants
//   I1  The rows of a step are removed in the commit that completes it, so that nothing of it is there twice.
//   I2  What could not be stored is tried again with what comes after it: no row has a hole before it.
import type { Key, PendingStep, RetryProgress, TransientEvent } from "@lathe/kernel";
import { mergeDelta } from "./partial-step.ts";

/** So many deltas are worth a row. */
const deltaCountMax = 32;

/** Events of one step that are to be stored. */
export interface PartialRow {
  readonly key: Key;
  readonly stepId: string;
  readonly events: readonly TransientEvent[];
}

export class InFlight {
  pending: PendingStep | null = null;
  retry: RetryProgress | null = null;
  readonly #conversationId: string;
  #stepId: string | undefined;
  #unwritten: TransientEvent[] = [];
  #deltaCount = 0;
  /** Whether `pending` or `retry` has changed since it was stored. */
  #changed = false;
  readonly #rows = new Map<string, Key[]>();
  #rowCount = 0;

  constructor(conversationId: string) {
    this.#conversationId = conversationId;
  }

  /** Whether there is anything to store. */
  get hasNews(): boolean {
    return this.#changed || this.#unwritten.length > 0;
  }

  /** Takes what the step says. True as soon as enough has come together for a row. */
  add(event: TransientEvent): boolean {
    if (event.stepId !== this.#stepId) {
      this.#stepId = event.stepId;
      this.#unwritten = [];
      this.#deltaCount = 0;
    }
    const last = this.#unwritten.at(-1);
    if (last === undefined || !mergeDelta(last, event)) this.#unwritten.push({ ...event });
    this.#deltaCount++;
    return this.#deltaCount >= deltaCountMax;
  }

  noteCalls(pending: PendingStep): void {
    this.pending = pending;
    this.#changed = true;
  }

  noteRetry(retry: RetryProgress): void {
    this.retry = retry;
    this.#changed = true;
  }

  /** Gives what is to be stored now; the caller gives it back where it could not be. */
  take(): PartialRow | undefined {
    this.#changed = false;
    const stepId = this.#stepId;
    if (stepId === undefined || this.#unwritten.length === 0) return undefined;
    const key = ["partial", this.#conversationId, this.#rowCount++];
    const row = { key, stepId, events: this.#unwritten };
    this.#unwritten = [];
    this.#deltaCount = 0;
    this.#keysOf(stepId).push(key);
    return row;
  }

  /** What was taken could not be stored. */
  giveBack(row: PartialRow | undefined): void {
    this.#changed = true;
    if (row === undefined || row.stepId !== this.#stepId) return;
    this.#unwritten = [...row.events, ...this.#unwritten];
  }

  /** The step is complete: nothing more of it needs to be stored. */
  complete(stepId: string): void {
    if (this.pending?.stepId === stepId) this.pending = null;
    if (this.#stepId !== stepId) return;
    this.#stepId = undefined;
    this.#unwritten = [];
    this.#deltaCount = 0;
    this.retry = null;
    this.#changed = false;
  }

  /** The rows of a step that is complete; each is given once. */
  rowsOf(stepId: string): readonly Key[] {
    const keys = this.#rows.get(stepId) ?? [];
    this.#rows.delete(stepId);
    return keys;
  }

  /** Every row that is left; each is given once. */
  allRows(): readonly Key[] {
    const keys = [...this.#rows.values()].flat();
    this.#rows.clear();
    return keys;
  }

  /** Takes over rows of an earlier daemon. */
  adopt(rows: readonly PartialRow[]): void {
    for (const { key, stepId } of rows) {
      this.#keysOf(stepId).push(key);
      this.#rowCount = Math.max(this.#rowCount, Number(key.at(-1)) + 1);
    }
  }

  #keysOf(stepId: string): Key[] {
    const known = this.#rows.get(stepId);
    if (known !== undefined) return known;
    const keys: Key[] = [];
    this.#rows.set(stepId, keys);
    return keys;
  }
}
