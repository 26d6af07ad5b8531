// Long work on the store, on the daemon that has it, or on the closed folder where none runs.
import { resolve } from "node:path";
import {
  backUpClosedStore,
  type ClosedCareOptions,
  type Compaction,
  compactStore,
  verifyClosedStore,
} from "@lathe/storage-lmdb/closed-store";
import type { StateBackup, StatePrune, StateVerification } from "@lathe/wire";
import type { Client } from "../client.ts";
import type { CommandCall } from "../command.ts";
import { withDaemon } from "../with-daemon.ts";
import { askDaemon } from "./ask-daemon.ts";
import { showProgress } from "./show-progress.ts";
import { withClosedState, withState } from "./with-state.ts";

export interface BackupWish {
  readonly compact: boolean;
  readonly stop: AbortSignal;
}

/** Throws what went wrong, in a sentence; also when it was stopped. */
export async function backUpState(
  call: CommandCall,
  folder: string,
  { compact, stop }: BackupWish,
): Promise<StateBackup> {
  const target = resolve(call.cwd, folder);
  return await withState(call, async (state) => {
    const body = { folder: target, compact };
    if (state.kind === "running") return await ask(state.client, "/api/state/backup", "Copying", body, stop);
    const { fileBytes, walk, tookMs } = await timed(
      backUpClosedStore(state.storeFolder, { ...closed("Copying", stop), target, compact }),
    );
    const { rowCount, blobCount } = walk;
    return { folder: target, fileBytes, compacted: compact, rowCount, blobCount, tookMs };
  });
}

/** Of the state's own store where no folder is named. */
export async function verifyState(
  call: CommandCall,
  folder: string | undefined,
  stop: AbortSignal,
): Promise<StateVerification> {
  if (folder !== undefined) return await verifyFolder(resolve(call.cwd, folder), stop);
  return await withState(call, async (state) => {
    if (state.kind === "running") return await ask(state.client, "/api/state/verify", "Reading", {}, stop);
    return await verifyFolder(state.storeFolder, stop);
  });
}

export async function compactState(call: CommandCall, stop: AbortSignal): Promise<Compaction> {
  return await withClosedState(call, (folder) => compactStore(folder, closed("Compacting", stop)));
}

export async function pruneState(call: CommandCall, stop: AbortSignal): Promise<StatePrune> {
  return await withDaemon(call, (client) => ask(client, "/api/state/prune", "Removing", {}, stop));
}

async function verifyFolder(folder: string, stop: AbortSignal): Promise<StateVerification> {
  const { digest: _, ...verification } = await timed(verifyClosedStore(folder, closed("Reading", stop)));
  return verification;
}

function closed(what: string, signal: AbortSignal): ClosedCareOptions {
  return { signal, onProgress: showProgress(what) };
}

/** Whoever stops waiting goes away, and then the daemon stops the work too. */
async function ask<T>(
  client: Client,
  path: string,
  what: string,
  body: object,
  stop: AbortSignal,
): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  stop.addEventListener("abort", () => stopped.reject(new Error("It was stopped.")));
  return await Promise.race([askDaemon<T>(client, path, what, body), stopped.promise]);
}

async function timed<T extends object>(work: Promise<T>): Promise<T & { readonly tookMs: number }> {
  const startedAtMs = performance.now();
  return { ...(await work), tookMs: performance.now() - startedAtMs };
}
