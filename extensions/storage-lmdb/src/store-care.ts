// Looks after a running store, which goes on taking commits all the while.
import type { ClockPower, Contributions, Logger, Prunable } from "@lathe/kernel";
import type { PrunedPart, StateBackup, StateStatus, StateVerification } from "@lathe/wire";
import type { Walk } from "./core/walk-report.ts";
import type { Watermarks } from "./core/watermark.ts";
import { backUpStore } from "./edge/back-up-store.ts";
import { verifiedKey } from "./edge/marks.ts";
import { verifyStore } from "./edge/verify-store.ts";
import { type JobDesk, OneJob } from "./one-job.ts";
import type { Store } from "./store.ts";

export interface CareDesk {
  readonly folder: string;
  readonly store: Store;
  readonly config: Watermarks & { readonly storeBytesMax: number };
  readonly logger: Logger;
  readonly clock: ClockPower;
  readonly prunables: Pick<Contributions<Prunable>, "all">;
}

export interface Verified {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly findingCount: number;
}

export class StoreCare {
  readonly #desk: CareDesk;
  readonly #jobs = new OneJob();

  constructor(desk: CareDesk) {
    this.#desk = desk;
  }

  async status(): Promise<StateStatus> {
    const { store, config } = this.#desk;
    const { usedBytes, mapBytes } = store.sizes();
    store.space.check();
    return {
      space: store.space.state,
      freeBytes: store.space.free.freeBytes,
      diskBytes: store.space.free.sizeBytes,
      fileBytes: await store.fileBytes(),
      usedBytes,
      mapBytes,
      usedBytesMax: config.storeBytesMax === 0 ? null : config.storeBytesMax,
      activity: this.#jobs.activity,
      lastVerification: this.lastVerification(),
    };
  }

  /** Throws StateCareError, as `verify` and `prune` do. */
  async backUp(target: string, compact: boolean, asked: AbortSignal): Promise<StateBackup> {
    const { folder, config, clock } = this.#desk;
    const startedAtMs = clock.monotonicMs();
    const job = { kind: "backup", unit: "bytes", asked } as const;
    const { fileBytes, walk } = await this.#run(job, ({ signal, tell }) =>
      backUpStore(folder, { target, compact, alone: false, marks: config, signal, onProgress: tell }),
    );
    const tookMs = clock.monotonicMs() - startedAtMs;
    const { rowCount, blobCount } = walk;
    return { folder: target, fileBytes, compacted: compact, rowCount, blobCount, tookMs };
  }

  /** Without a signal nobody asked for it: it lets whatever else there is to do go first. */
  async verify(asked?: AbortSignal): Promise<StateVerification> {
    const { folder, clock } = this.#desk;
    const startedAtMs = clock.monotonicMs();
    const isPatient = asked === undefined;
    const walk = await this.#run({ kind: "verify", unit: "rows", asked }, async ({ signal, tell }) => {
      const seen = await verifyStore(folder, { alone: false, isPatient, signal, onProgress: tell });
      // A part of it: when nothing is under way any more, what was found can be asked for.
      await this.#remember(seen);
      return seen;
    });
    const { digest: _, ...shown } = walk;
    return { ...shown, tookMs: clock.monotonicMs() - startedAtMs };
  }

  async prune(asked: AbortSignal): Promise<readonly PrunedPart[]> {
    const all = this.#desk.prunables.all();
    return await this.#run({ kind: "prune", unit: "parts", asked }, async ({ signal, tell }) => {
      const parts: PrunedPart[] = [];
      for (const { name, item } of all) {
        tell({ doneCount: parts.length, totalCount: all.length, unit: "parts" });
        parts.push(await pruneOne(name, item, signal));
      }
      return parts;
    });
  }

  lastVerification(): Verified | null {
    try {
      const text = this.#desk.store.mark(verifiedKey);
      return text === undefined ? null : (JSON.parse(text) as Verified);
    } catch {
      // The store has said why. Not to know it means to look again.
      return null;
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.#jobs.close();
  }

  async #run<T>(plan: Parameters<OneJob["run"]>[0], work: (desk: JobDesk) => Promise<T>): Promise<T> {
    try {
      return await this.#jobs.run(plan, work);
    } finally {
      this.#desk.store.forgetDeadReaders();
    }
  }

  async #remember({ findingCount }: Walk): Promise<void> {
    const { store, clock, logger } = this.#desk;
    try {
      await store.writeMark(verifiedKey, { atMs: clock.nowMs(), findingCount });
    } catch (failure) {
      logger.log("warn", "When the store was read through could not be written down.", {
        failure: String(failure),
      });
    }
  }
}

async function pruneOne(name: string, item: Prunable, signal: AbortSignal): Promise<PrunedPart> {
  if (signal.aborted) return { name, removedCount: 0, freedBytes: 0, failure: "It was stopped before." };
  try {
    return { name, ...(await item.prune(signal)), failure: null };
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : String(failure);
    return { name, removedCount: 0, freedBytes: 0, failure: message };
  }
}
