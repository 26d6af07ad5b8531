// Keeps the same trace records in one of three ways, in a process of its own.
//
// Tasks: `sink` (the trace store's), `commits` (one row for each record, through the storage contract), `raw` (one LMDB
// entry for each record, of bytes that are ready). Each waits for the disk after every batch.

import { type Composition, compose } from "@lathe/host-bin/compose.ts";
import { type JsonValue, type LogSink, LogSinks, type SpanRecord } from "@lathe/kernel";
import type { TraceStatus } from "@lathe/wire";
import { Operations } from "@lathe/wire";
import { open } from "lmdb";
import { answerAsActor } from "../harness/actor.ts";
import { createStorageProbe } from "../lathe/storage-probe.ts";
import { recordCountOfTurn, spanCountOfTurn, turnRecords } from "./turn-records.ts";

export interface Writing {
  /** An empty folder. */
  readonly stateDir: string;
  readonly turnCount: number;
}

export interface WriteCost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** As much as the sink puts into a batch of its own. */
const batchBytes = 262_144;
/** So many turns are handed to the sink before it is waited for, so that its bounded queue takes all of them. */
const turnsAtOnce = 100;

async function sink({ stateDir, turnCount }: Writing): Promise<WriteCost> {
  const composition = await compose({ stateFolder: stateDir, only: ["storage-lmdb", "trace-store"] });
  try {
    const traces = sinkOf(composition);
    const slices = inSlices(recordsOf(turnCount), turnsAtOnce * recordCountOfTurn);
    const cost = await measure(async () => {
      for (const slice of slices) {
        for (const record of slice) traces.write(record);
        await traces.flush?.();
      }
    });
    await refuseLosses(composition, turnCount);
    return cost;
  } finally {
    await composition.close();
  }
}

function sinkOf({ host }: Composition): LogSink {
  const traces = host.contributions(LogSinks).get("traces");
  if (traces !== undefined) return traces;
  const reasons = host.report().map(({ id, reason }) => `${id}: ${reason ?? "active"}`);
  throw new Error(`Nobody keeps traces. ${reasons.join("; ")}`);
}

/** A store that leaves records out would look fast. */
async function refuseLosses({ host }: Composition, turnCount: number): Promise<void> {
  const principal = { id: "local", scopes: ["read", "admin"] } as const;
  const call = { principal, signal: new AbortController().signal };
  const status = (await host.contributions(Operations).get("traces.status")?.run({}, call)) as TraceStatus;
  if (status.spanCount === turnCount * spanCountOfTurn && status.droppedCount === 0) return;
  throw new Error(`${turnCount} turns were traced as ${JSON.stringify(status)}.`);
}

async function commits({ stateDir, turnCount }: Writing): Promise<WriteCost> {
  const probe = createStorageProbe();
  const composition = await compose({
    stateFolder: stateDir,
    only: ["storage-lmdb"],
    extra: [probe.extension],
  });
  try {
    const storage = probe.storage();
    const records = recordsOf(turnCount);
    const puts = records.map((record, index) => ({ key: [index], value: record as unknown as JsonValue }));
    const batches = inBatches(puts, bytesOf(records));
    return await measure(async () => {
      for (const batch of batches) await storage.commit({ puts: batch });
    });
  } finally {
    await composition.close();
  }
}

async function raw({ stateDir, turnCount }: Writing): Promise<WriteCost> {
  const options = {
    path: stateDir,
    noSubdir: false,
    encoding: "binary",
    keyEncoding: "binary",
    // As the store does it: what is visible has been flushed.
    overlappingSync: false,
    eventTurnBatching: false,
    // A batch that began before it is complete would hold the writing thread.
    batchStartThreshold: Number.MAX_SAFE_INTEGER,
  } as const;
  const database = open<Buffer, Buffer>(options);
  try {
    const records = recordsOf(turnCount);
    const entries = records.map((record, index) => ({
      key: keyOf(index),
      value: Buffer.from(JSON.stringify(record)),
    }));
    const batches = inBatches(entries, bytesOf(records));
    return await measure(async () => {
      for (const batch of batches)
        await database.batch(() => {
          for (const { key, value } of batch) void database.put(key, value);
        });
    });
  } finally {
    await database.close();
  }
}

function recordsOf(turnCount: number): readonly SpanRecord[] {
  return Array.from({ length: turnCount }, (_, turn) => turnRecords(turn)).flat();
}

function bytesOf(records: readonly SpanRecord[]): readonly number[] {
  return records.map((record) => JSON.stringify(record).length);
}

function keyOf(index: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(index, 12);
  return key;
}

function inSlices<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const slices: (readonly Item[])[] = [];
  for (let from = 0; from < items.length; from += size) slices.push(items.slice(from, from + size));
  return slices;
}

function inBatches<Item>(items: readonly Item[], bytes: readonly number[]): readonly (readonly Item[])[] {
  const batches: Item[][] = [[]];
  let size = 0;
  for (const [index, item] of items.entries()) {
    if (size >= batchBytes) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)?.push(item);
    size += bytes[index] ?? 0;
  }
  return batches;
}

async function measure(work: () => Promise<void>): Promise<WriteCost> {
  globalThis.gc?.();
  const startedAtMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startedAtMs, cpuMs: (user + system) / 1_000 };
}

answerAsActor({ sink, commits, raw });
