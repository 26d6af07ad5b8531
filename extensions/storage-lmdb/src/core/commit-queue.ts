// Makes commits, one group after the other: whatever came while a group was on its way to the disk is the next one.
//
// Owns: the order of commits, their checks and versions, and what waits.
// Does not own: the file, and what a failure means for the process.
//
// Invariants
//   C1  At most one group is in the engine. Checks see what that left and the commits before them in their group, so
//       they need no transaction of their own and no lock.
//   C2  A commit settles after its group is durable. So does a conflict: what it lost to can be read by then. A group
//       that must not be written is refused as a whole, and has left nothing.
//   C3  After the first failure nothing is written any more, and everything that waits rejects.
//   C4  What waits is bounded, in commits and in bytes; so is a group, since lmdb stops the event loop when too many
//       operations are queued in it.
import { type CommitOutcome, StorageFailedError, StorageOverloadedError } from "@lathe/kernel";
import type { EncodedChanges } from "./encoded-changes.ts";
import type { VersionLedger } from "./version-ledger.ts";

const groupOperationsMax = 100_000;
const groupBytesMax = 16 * 2 ** 20;

/** One row to be written; without a value it is deleted. */
export interface Write {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
  readonly version: number;
}

export interface CommitDesk {
  readonly versions: VersionLedger;
  readonly commitCountMax: number;
  readonly valueBytesMax: number;
  /** The version of the durable row, undefined where there is none. */
  versionOf(key: Buffer): number | undefined;
  /** Why these must not be written; asked right before they would be. */
  refusalOf(writes: readonly Write[]): Error | undefined;
  /** Writes everything in one transaction, and the mark where there is one; settles when it is durable. */
  write(writes: readonly Write[], mark: number | undefined): Promise<void>;
  /** Called for each commit that changed something, in order, when it can be read. */
  committed(changes: readonly EncodedChanges[]): void;
  /** Called once. */
  failed(reason: StorageFailedError): void;
}

interface Waiting {
  readonly changes: readonly EncodedChanges[];
  readonly operations: number;
  readonly valueBytes: number;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (reason: Error) => void;
}

export class CommitQueue {
  readonly #desk: CommitDesk;
  readonly #ended = Promise.withResolvers<void>();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #group: readonly Waiting[] = [];
  #running: Promise<void> | undefined;
  #groupCount = 0;
  #failure: StorageFailedError | undefined;

  constructor(desk: CommitDesk) {
    this.#desk = desk;
  }

  /** The number of the group that is on its way to the disk; undefined = none is. */
  get groupUnderWay(): number | undefined {
    return this.#running === undefined ? undefined : this.#groupCount;
  }

  /** Of the values that wait. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Settles when nothing waits any more, be it made or failed. */
  async idle(): Promise<void> {
    while (this.#running !== undefined && this.#failure === undefined) {
      await Promise.race([this.#running, this.#ended.promise]);
    }
  }

  commit(changes: readonly EncodedChanges[]): Promise<CommitOutcome> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const operations = changes.reduce((sum, { puts, deletes }) => sum + puts.length + deletes.length, 0);
    const valueBytes = changes.reduce((sum, part) => sum + part.valueBytes, 0);
    const refusal = this.#refusalOf(operations, valueBytes);
    if (refusal !== undefined) return Promise.reject(refusal);
    const { promise, resolve, reject } = Promise.withResolvers<CommitOutcome>();
    this.#waiting.push({ changes, operations, valueBytes, resolve, reject });
    this.#waitingBytes += valueBytes;
    this.#running ??= this.#run();
    return promise;
  }

  /** Stops for good: the engine has failed. What is under way rejects too, since its outcome is unknown. */
  fail(reason: StorageFailedError): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#desk.failed(reason);
    rejectAll([...this.#group, ...this.#waiting], reason);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#ended.resolve();
  }

  #refusalOf(operations: number, valueBytes: number): Error | undefined {
    if (operations > groupOperationsMax) {
      return new RangeError(
        `A commit has ${operations} puts and deletes; at most ${groupOperationsMax} are made at once.`,
      );
    }
    const { commitCountMax, valueBytesMax } = this.#desk;
    if (this.#waiting.length === 0) return undefined;
    if (this.#waiting.length < commitCountMax && this.#waitingBytes + valueBytes <= valueBytesMax)
      return undefined;
    return new StorageOverloadedError(
      `${this.#waiting.length} commits with ${this.#waitingBytes} bytes wait to be written already. Try again later.`,
    );
  }

  async #run(): Promise<void> {
    // What else is committed in this turn of the event loop joins the first group.
    await undefined;
    while (this.#waiting.length > 0) {
      this.#groupCount++;
      await this.#commitGroup(this.#takeGroup());
    }
    this.#running = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let count = 0;
    let operations = 0;
    let valueBytes = 0;
    for (const waiting of this.#waiting) {
      operations += waiting.operations;
      valueBytes += waiting.valueBytes;
      if (count > 0 && (operations > groupOperationsMax || valueBytes > groupBytesMax)) break;
      count++;
      this.#waitingBytes -= waiting.valueBytes;
    }
    return this.#waiting.splice(0, count);
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    this.#group = group;
    try {
      await this.#write(group);
    } catch (cause) {
      this.fail(failureOf(cause));
    }
    this.#group = [];
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const { writes, outcomes } = this.#decide(group);
    if (writes.length > 0) {
      const refusal = this.#desk.refusalOf(writes);
      if (refusal !== undefined) return rejectAll(group, refusal);
      await this.#desk.write(writes, this.#desk.versions.reserve());
    }
    if (this.#failure === undefined) settle(group, outcomes, this.#desk);
  }

  #decide(group: readonly Waiting[]): { writes: Write[]; outcomes: CommitOutcome[] } {
    const writes: Write[] = [];
    const left = new Left(this.#desk, group);
    const outcomes = group.map(({ changes }): CommitOutcome => {
      if (
        !changes.every(({ checks }) => checks.every(({ key, version }) => left.versionOf(key) === version))
      ) {
        return { kind: "conflict" };
      }
      const version = this.#desk.versions.take();
      for (const { deletes } of changes)
        for (const key of deletes) writes.push({ key, value: undefined, version });
      for (const { puts } of changes) for (const { key, value } of puts) writes.push({ key, value, version });
      left.remember(changes, version);
      return { kind: "committed", version };
    });
    return { writes, outcomes };
  }
}

/** What the durable rows and the commits of a group so far leave behind, as far as checks may ask. */
class Left {
  readonly #desk: CommitDesk;
  /** By key; undefined where no commit of the group is checked against another one. */
  readonly #versions: Map<string, number | null> | undefined;

  constructor(desk: CommitDesk, group: readonly Waiting[]) {
    this.#desk = desk;
    const checked = group.some(
      ({ changes }, index) => index > 0 && changes.some(({ checks }) => checks.length > 0),
    );
    this.#versions = checked ? new Map() : undefined;
  }

  versionOf(key: Buffer): number | null {
    const changed = this.#versions?.get(key.toString("latin1"));
    return changed === undefined ? (this.#desk.versionOf(key) ?? null) : changed;
  }

  remember(changes: readonly EncodedChanges[], version: number): void {
    if (this.#versions === undefined) return;
    for (const { deletes } of changes)
      for (const key of deletes) this.#versions.set(key.toString("latin1"), null);
    for (const { puts } of changes)
      for (const { key } of puts) this.#versions.set(key.toString("latin1"), version);
  }
}

function settle(group: readonly Waiting[], outcomes: readonly CommitOutcome[], desk: CommitDesk): void {
  group.forEach(({ changes, resolve }, index) => {
    const outcome = outcomes[index] as CommitOutcome;
    resolve(outcome);
    if (outcome.kind === "committed") desk.committed(changes);
  });
}

function rejectAll(group: readonly Waiting[], reason: Error): void {
  for (const { reject } of group) reject(reason);
}

function failureOf(cause: unknown): StorageFailedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageFailedError(
    `A commit failed (${reason}). What it held may or may not be on disk. Look at the disk, then start again.`,
    { cause },
  );
}
