// A trace store whose storage, time and callers are in the test's hands.
import {
  createMemoryConversations,
  type FakeClock,
  type FakeTimers,
  fakeClock,
  fakeTimers,
  type MemoryStorage,
  openMemoryStorage,
} from "@lathe/extension-kit/testing";
import {
  type Conversations,
  createLogger,
  type Logger,
  type LogLevel,
  type Redactor,
  type SpanRecord,
  type Storage,
} from "@lathe/kernel";
import type { OperationDeclaration, Principal } from "@lathe/wire";
import { type GenericSchema, type InferInput, type InferOutput, parse } from "valibot";
import { type TraceSettings, TraceStore } from "../core/trace-store.ts";

export const settings: TraceSettings = {
  keepDays: 14,
  keepBytesMax: 2 ** 31,
  generationBytesMax: 2 ** 26,
  generationHoursMax: 24,
  pruneIntervalMs: 3_600_000,
  flushMs: 50,
  batchBytes: 524_288,
  queueRecordCountMax: 10_000,
  queueBytesMax: 2 ** 26,
  recordBytesMax: 262_144,
  bodyBytesMax: 50_331_648,
  retryMs: 1_000,
  reportMs: 60_000,
  closeMs: 2_000,
};

export const admin: Principal = { id: "root", scopes: ["read", "write", "admin"] };
export const alice: Principal = { id: "alice", scopes: ["read", "write"] };
export const bob: Principal = { id: "bob", scopes: ["read", "write"] };

export interface StageOptions {
  readonly settings?: Partial<TraceSettings>;
  readonly memory?: MemoryStorage;
  readonly redactor?: Redactor;
  /** Stands before the storage. */
  readonly wrap?: (storage: Storage) => Storage;
  readonly clock?: FakeClock;
  readonly conversations?: Conversations;
}

export interface Report {
  readonly level: LogLevel;
  readonly message: string;
  readonly attributes: unknown;
}

interface Parts {
  readonly memory: MemoryStorage;
  readonly clock: FakeClock;
  readonly timers: FakeTimers;
  readonly conversations: Conversations;
  readonly reports: readonly Report[];
  readonly store: TraceStore;
}

export class Stage {
  readonly memory: MemoryStorage;
  readonly clock: FakeClock;
  readonly timers: FakeTimers;
  readonly conversations: Conversations;
  /** What the store said about itself. */
  readonly reports: readonly Report[];
  readonly store: TraceStore;
  /** Writes as the extension that drives turns does. */
  readonly logger: Logger;

  private constructor(parts: Parts) {
    this.memory = parts.memory;
    this.clock = parts.clock;
    this.timers = parts.timers;
    this.conversations = parts.conversations;
    this.reports = parts.reports;
    this.store = parts.store;
    this.logger = this.loggerOf("agents");
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const memory = options.memory ?? openMemoryStorage();
    const plain = memory.namespace("trace-store");
    const clock = options.clock ?? fakeClock();
    const timers = fakeTimers(clock);
    const reports: Report[] = [];
    const conversations =
      options.conversations ?? createMemoryConversations(openMemoryStorage().namespace("conversations"));
    const store = await TraceStore.open(
      { ...settings, ...options.settings },
      {
        storage: options.wrap?.(plain) ?? plain,
        redactor: options.redactor,
        conversations,
        clock,
        timers,
        logger: reportLogger(reports),
        rest: () => new Promise((resolve) => setImmediate(resolve)),
      },
    );
    return new Stage({ memory, clock, timers, conversations, reports, store });
  }

  loggerOf(source: string): Logger {
    return createLogger(source, {
      sink: this.store.sink,
      nowMs: () => this.clock.nowMs(),
      monotonicMs: () => this.clock.monotonicMs(),
      newTraceId: () => newId(32),
      newSpanId: () => newId(16),
    });
  }

  /** A conversation of this owner. */
  async converse(owner = "alice"): Promise<string> {
    const draft = { owner, title: null, agent: "default", model: null, cwd: "/" };
    return (await this.conversations.create(draft)).id;
  }

  /** Asks as a transport does: the input is checked, the output too. */
  async ask<Input extends GenericSchema, Output extends GenericSchema>(
    { name, input, output }: OperationDeclaration<Input, Output>,
    sent: InferInput<Input>,
    principal: Principal = admin,
  ): Promise<InferOutput<Output>> {
    const operation = this.store.operations.find((one) => one.name === name);
    if (operation === undefined) throw new Error(`There is no operation ${name}.`);
    const call = { principal, signal: new AbortController().signal };
    return parse(output, await operation.run(parse(input, sent), call));
  }

  /** Everything that is stored, as keys. */
  async storedKeys(): Promise<readonly (readonly (string | number)[])[]> {
    const found: (readonly (string | number)[])[] = [];
    for (let after: readonly (string | number)[] | undefined; ; ) {
      const rows = await this.memory
        .namespace("trace-store")
        .list({ prefix: [], limit: 1_000, ...(after === undefined ? {} : { after }) });
      found.push(...rows.map(({ key }) => key));
      after = rows.at(-1)?.key;
      if (rows.length < 1_000) return found;
    }
  }

  /** About what is stored, in characters of JSON. */
  async storedLength(): Promise<number> {
    const all = await this.storedKeys();
    let length = 0;
    for (let first = 0; first < all.length; first += 100) {
      const rows = await this.memory.namespace("trace-store").getMany(all.slice(first, first + 100));
      for (const row of rows) length += JSON.stringify(row).length;
    }
    return length;
  }

  /** Settles when everything that was written is stored. */
  async settled(): Promise<void> {
    await this.store.sink.flush?.();
  }
}

// Ids are unique across stages, as they are across processes.
let idCount = 0;

function newId(digits: number): string {
  idCount += 1;
  return idCount.toString(16).padStart(digits, "0");
}

function reportLogger(reports: Report[]): Logger {
  return {
    source: "trace-store",
    log: (level, message, attributes) => void reports.push({ level, message, attributes }),
    openSpan: () => {
      throw new Error("The store opens no spans.");
    },
  };
}

/** Records of the store's own, which it must not keep. */
export function ownRecord(): SpanRecord {
  return {
    kind: "log",
    source: "trace-store",
    traceId: null,
    spanId: null,
    atMs: 0,
    level: "warn",
    message: "Mine.",
    attributes: {},
  };
}
