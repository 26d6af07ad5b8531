// A store in a folder of its own, with real powers, for the tests of this extension.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Key, LogLevel, Row, Storage, TimersPower } from "@lathe/kernel";
import type { Watermarks } from "./core/watermark.ts";
import type { CareOptions } from "./edge/run-care.ts";
import { openStore, type Store, type StoreConfig, type StoreDesk } from "./store.ts";

/** No space must be left free. */
export const noMarks: Watermarks = {
  softFreeBytes: 0,
  softFreePercent: 0,
  hardFreeBytes: 0,
  hardFreePercent: 0,
};

export const testConfig: StoreConfig = {
  ...noMarks,
  freeSpaceCheckIntervalMs: 60_000,
  storeBytesMax: 0,
  queuedCommitsMax: 10_000,
  queuedBytesMax: 2 ** 26,
  commitStallMsMax: 60_000,
};

export interface TestStore {
  readonly store: Store;
  readonly logged: [level: LogLevel, message: string][];
  readonly fatal: Error[];
}

export async function openTestStore(
  folder: string,
  config: Partial<StoreConfig> = {},
  desk: Partial<StoreDesk> = {},
): Promise<TestStore> {
  const logged: [LogLevel, string][] = [];
  const fatal: Error[] = [];
  const store = await openStore({
    folder,
    config: { ...testConfig, ...config },
    logger: {
      source: "storage-lmdb",
      log: (level, message) => logged.push([level, message]),
      openSpan: () => {
        throw new Error("The store opens no span.");
      },
    },
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    timers,
    fatal: (reason) => fatal.push(reason),
    ...desk,
  });
  return { store, logged, fatal };
}

/** For care that nobody watches. */
export const quietly: CareOptions = { signal: new AbortController().signal, onProgress: () => undefined };

/** All rows below a prefix. */
export async function readRows(storage: Storage, prefix: Key): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let page: readonly Row[] = []; ; ) {
    const after = page.at(-1)?.key;
    page = await storage.list({ prefix, limit: 1_000, ...(after === undefined ? {} : { after }) });
    rows.push(...page);
    if (page.length < 1_000) return rows;
  }
}

/** Makes a folder, gives it to `use` and removes it, whatever happens. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "lathe-storage-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const timers: TimersPower = {
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
