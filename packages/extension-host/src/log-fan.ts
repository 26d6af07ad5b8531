// One sink that writes to every contributed sink, and takes secrets out of what it writes: no sink is given one. (Bodies
// are made into text by the sinks, and are redacted there.) Records that are written while the host opens are kept,
// within a bound, for sinks that come later: otherwise nobody could read why an extension did not start.
import type { BodyRecord, Contribution, LogSink, Redactor, SpanRecord } from "@lathe/kernel";
import type { ContributionList } from "./contribution-lists.ts";

const keptMax = 1_000;

export class LogFan implements LogSink {
  readonly #sinks: ContributionList;
  readonly #onFirstFailure: (extensionId: string, failure: unknown) => void;
  readonly #failureCounts = new Map<string, number>();
  readonly #served = new WeakSet<Contribution<unknown>>();
  readonly #redactor: Redactor | undefined;
  #kept: SpanRecord[] | undefined = [];
  #unredactedCount = 0;

  /** `onFirstFailure` is called once per extension, when a sink of its throws for the first time. */
  constructor(
    sinks: ContributionList,
    redactor: Redactor | undefined,
    onFirstFailure: (extensionId: string, failure: unknown) => void,
  ) {
    this.#sinks = sinks;
    this.#redactor = redactor;
    this.#onFirstFailure = onFirstFailure;
  }

  write(given: SpanRecord): void {
    const record = this.#withoutSecrets(given);
    if (record === undefined) return;
    if (this.#kept !== undefined && this.#kept.length < keptMax) this.#kept.push(record);
    for (const sink of this.#sinks.all()) this.#pass(sink, record);
  }

  /** Undefined while no sink keeps bodies, so that nobody makes them for nothing. */
  get writeBody(): ((record: BodyRecord) => void) | undefined {
    return this.#sinks.all().some(({ item }) => (item as LogSink).writeBody !== undefined)
      ? this.#passBody
      : undefined;
  }

  /** Gives new sinks the records that were written before they came. */
  catchUp(): void {
    const kept = [...(this.#kept ?? [])];
    for (const sink of this.#sinks.all()) {
      if (this.#served.has(sink)) continue;
      this.#served.add(sink);
      for (const record of kept) this.#pass(sink, record);
    }
  }

  /** Everyone who wanted early records has them. */
  stopKeeping(): void {
    this.#kept = undefined;
  }

  /** How many records were left out because a sink threw, by the id of the sink's extension. */
  failureCounts(): ReadonlyMap<string, number> {
    return this.#failureCounts;
  }

  /** How many records nobody was given, because the redactor threw at them. */
  get unredactedCount(): number {
    return this.#unredactedCount;
  }

  /** Undefined = it cannot be told whether there are any, so that it is shown to nobody. */
  #withoutSecrets(record: SpanRecord): SpanRecord | undefined {
    if (this.#redactor === undefined) return record;
    try {
      return redactedRecord(record, this.#redactor);
    } catch {
      this.#unredactedCount += 1;
      return undefined;
    }
  }

  readonly #passBody = (record: BodyRecord): void => {
    for (const sink of this.#sinks.all()) this.#try(sink, (taker) => taker.writeBody?.(record));
  };

  #pass(sink: Contribution<unknown>, record: SpanRecord): void {
    this.#try(sink, (taker) => taker.write(record));
  }

  #try({ extensionId, item }: Contribution<unknown>, give: (taker: LogSink) => void): void {
    try {
      give(item as LogSink);
    } catch (failure) {
      const count = this.#failureCounts.get(extensionId) ?? 0;
      this.#failureCounts.set(extensionId, count + 1);
      // Only the first: the report is a record too, and the same sink may throw at it.
      if (count === 0) this.#onFirstFailure(extensionId, failure);
    }
  }
}

/** The same record where nothing was found. */
function redactedRecord(record: SpanRecord, redactor: Redactor): SpanRecord {
  const attributes = redactor.json(record.attributes);
  const given = record.kind === "log" ? record.message : record.name;
  const text = redactor.text(given);
  if (attributes === record.attributes && text === given) return record;
  return record.kind === "log"
    ? { ...record, message: text, attributes }
    : { ...record, name: text, attributes };
}
