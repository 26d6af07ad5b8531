// Keeps traces over a storage: wires the queue, the writer, the retention and what can be asked of them.
import type {
  ClockPower,
  Conversations,
  Logger,
  LogSink,
  Prunable,
  PruneOutcome,
  Redactor,
  Storage,
  TimersPower,
} from "@lathe/kernel";
import type { AnyOperation, TraceStatus } from "@lathe/wire";
import { Drops } from "./drops.ts";
import { Generations } from "./generations.ts";
import { traceOperations } from "./operations.ts";
import { Owners } from "./owners.ts";
import { Pruner, type Retention } from "./pruner.ts";
import { type SinkSettings, TraceSink } from "./trace-sink.ts";
import { TraceWriter } from "./trace-writer.ts";

export interface TraceSettings extends SinkSettings {
  readonly keepDays: number;
  readonly keepBytesMax: number;
  readonly generationBytesMax: number;
  readonly generationHoursMax: number;
  readonly pruneIntervalMs: number;
  /** Shortest time between two reports of lost records. */
  readonly reportMs: number;
}

export interface TraceDesk {
  readonly storage: Storage;
  readonly redactor: Redactor | undefined;
  readonly conversations: Pick<Conversations, "get"> | undefined;
  readonly clock: ClockPower;
  readonly timers: TimersPower;
  readonly logger: Logger;
  /** Lets others run. */
  readonly rest: () => Promise<void>;
}

const hourMs = 3_600_000;
/** At most an eighth of what is kept goes at once. */
const generationsMin = 8;
const settleMsMax = 1_000;

export class TraceStore implements Prunable {
  readonly sink: LogSink;
  readonly operations: readonly AnyOperation[];
  readonly #sink: TraceSink;
  readonly #drops: Drops;
  readonly #desk: TraceDesk;
  readonly #settings: TraceSettings;
  readonly #generations: Generations;
  readonly #pruner: Pruner;
  readonly #retention: Retention;
  #cancelPrune: () => void = () => undefined;
  #closed = false;

  /** Reads how far the numbers of the store are given out, and nothing of what it holds. */
  static async open(settings: TraceSettings, desk: TraceDesk): Promise<TraceStore> {
    const limits = {
      bytesMax: Math.min(settings.generationBytesMax, Math.floor(settings.keepBytesMax / generationsMin)),
      ageMsMax: settings.generationHoursMax * hourMs,
    };
    const generations = await Generations.open(desk.storage, limits, desk.clock.nowMs());
    return new TraceStore(settings, desk, generations);
  }

  private constructor(settings: TraceSettings, desk: TraceDesk, generations: Generations) {
    this.#settings = settings;
    this.#desk = desk;
    this.#generations = generations;
    this.#retention = { ageMsMax: settings.keepDays * 24 * hourMs, bytesMax: settings.keepBytesMax };
    this.#drops = new Drops({ ...desk, reportMs: settings.reportMs });
    const writer = new TraceWriter({
      ...desk,
      generations,
      drops: this.#drops,
      onRolled: () => this.#schedulePrune(0),
    });
    this.#pruner = new Pruner({ ...desk, generations, quiet: () => writer.idle() });
    this.#sink = new TraceSink(settings, {
      timers: desk.timers,
      drops: this.#drops,
      ownSource: desk.logger.source,
      prepare: (entries) => writer.prepare(entries),
      rest: desk.rest,
    });
    this.sink = this.#sink;
    this.operations = traceOperations({
      storage: desk.storage,
      generations,
      owners: new Owners(desk.conversations),
      settled: () => this.#settled(),
      status: () => this.#status(),
      prune: async (wish) => {
        const removed = await this.#pruner.prune({ ...this.#retention, ...wish });
        const { generationCount, toolCallCount, bytes } = removed;
        return { generationCount, toolCallCount, bytes };
      },
    });
  }

  /** Removes now what is too old or too much. */
  async prune(signal: AbortSignal): Promise<PruneOutcome> {
    const { spanCount, bytes } = await this.#pruner.prune(this.#retention, signal);
    return { removedCount: spanCount, freedBytes: bytes };
  }

  /** Removes from now on what is too old or too much, in the background. */
  startPruning(): void {
    this.#schedulePrune(0);
  }

  /** Stores what is queued, and ends what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPrune();
    await this.#sink.close();
    await this.#pruner.stop();
  }

  #schedulePrune(delayMs: number): void {
    this.#cancelPrune();
    if (this.#closed) return;
    this.#cancelPrune = this.#desk.timers.after(delayMs, () => void this.#pruneAndGoOn());
  }

  async #pruneAndGoOn(): Promise<void> {
    try {
      const { generationCount, toolCallCount, bytes } = await this.#pruner.prune(this.#retention);
      if (generationCount > 0)
        this.#desk.logger.log("info", "Old traces were removed.", { generationCount, toolCallCount, bytes });
    } catch (cause) {
      // The store refuses for now; what was marked is removed the next time.
      const failure = cause instanceof Error ? cause.name : "unknown error";
      this.#desk.logger.log("warn", "Old traces could not be removed.", { failure });
    }
    this.#schedulePrune(this.#settings.pruneIntervalMs);
  }

  async #settled(): Promise<void> {
    const late = new AbortController();
    const flushed = this.#sink.flush().finally(() => late.abort());
    await Promise.race([flushed, this.#desk.timers.sleep(settleMsMax, late.signal)]);
  }

  #status(): TraceStatus {
    const kept = this.#generations.readable.filter(({ bytes }) => bytes > 0);
    const sum = (count: (generation: (typeof kept)[number]) => number): number =>
      kept.reduce((total, generation) => total + count(generation), 0);
    return {
      spanCount: sum(({ spanCount }) => spanCount),
      bodyCount: sum(({ bodyCount }) => bodyCount),
      toolCallCount: sum(({ firstCall, nextCall }) => nextCall - firstCall),
      storedBytes: sum(({ bytes }) => bytes),
      generationCount: kept.length,
      oldestAtMs: kept[0]?.startedAtMs ?? null,
      queuedRecordCount: this.#sink.queuedRecordCount,
      queuedBytes: this.#sink.queuedBytes,
      dropped: this.#drops.sinceStart,
      droppedCount: sum(({ droppedCount }) => droppedCount),
    };
  }
}
