// Where others find the daemon of a state folder: `daemon.json`, with its process and its URL.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { identityOf, isStillAlive } from "./process-identity.ts";

export interface DaemonRecord {
  readonly pid: number;
  /** From `identityOf`. */
  readonly identity: string | null;
  /** `null` while the daemon starts. */
  readonly url: string | null;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
}

const RecordSchema = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  identity: v.nullable(v.string()),
  url: v.nullable(v.pipe(v.string(), v.url())),
  version: v.string(),
  startedAtMs: v.number(),
});

/** Replaces the record: all of it, or nothing of it. Only the holder of the lock may write it. */
export function writeDaemonRecord(stateFolder: string, record: DaemonRecord): void {
  const path = recordPath(stateFolder);
  const half = `${path}.${process.pid}`;
  rmSync(half, { force: true });
  writeFileSync(half, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(half, path);
}

export function removeDaemonRecord(stateFolder: string): void {
  rmSync(recordPath(stateFolder), { force: true });
}

/** The record of this process. */
export function recordOfThisProcess(url: string | null, version: string, startedAtMs: number): DaemonRecord {
  return { pid: process.pid, identity: identityOf(process.pid), url, version, startedAtMs };
}

/** The record of a daemon that lives; undefined where there is none, and where its process is gone. */
export function readLiveRecord(stateFolder: string): DaemonRecord | undefined {
  const record = readRecord(stateFolder);
  return record !== undefined && isStillAlive(record.pid, record.identity) ? record : undefined;
}

/**
 * Whether the last daemon of a state folder has ended in good order, with an answer to every request that it had read. One
 * that still lives has not, and one that died has left its record behind.
 */
export function hasLeft(stateFolder: string): boolean {
  return readRecord(stateFolder) === undefined;
}

function readRecord(stateFolder: string): DaemonRecord | undefined {
  try {
    return v.parse(RecordSchema, JSON.parse(readFileSync(recordPath(stateFolder), "utf8")));
  } catch {
    return undefined;
  }
}

function recordPath(stateFolder: string): string {
  return join(stateFolder, "daemon.json");
}
