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
import { stateBackup, statePrune, stateVerify } from "@lathe/wire/operations";
import type { CommandCall } from "../command.ts";
import { withDaemon } from "../with-daemon.ts";
import { askDaemon } from "./ask-daemon.ts";
import { patientFetch } from "./patient-fetch.ts";
import { showProgress } from "./show-progress.ts";
import { withClosedState, withState } from "./with-state.ts";

export interface BackupWish {
  readonly compact: boolean;
  readonly stop: AbortSignal;
}

// Whoever stops waiting goes away, and then the daemon stops the work too.

/** Throws what went wrong; when it was stopped, the signal's reason. */
export async function backUpState(
  call: CommandCall,
  folder: string,
  { compact, stop }: BackupWish,
): Promise<StateBackup> {
  const target = resolve(call.cwd, folder);
  return await withState(call, async (state) => {
    if (state.kind === "running") {
      const { client } = state;
      const wish = { folder: target, compact };
      return await askDaemon(client, "Copying", () => client.call(stateBackup, wish, { signal: stop }));
    }
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
    if (state.kind !== "running") return await verifyFolder(state.storeFolder, stop);
    const { client } = state;
    return await askDaemon(client, "Reading", () => client.call(stateVerify, {}, { signal: stop }));
  });
}

export async function compactState(call: CommandCall, stop: AbortSignal): Promise<Compaction> {
  return await withClosedState(call, (folder) => compactStore(folder, closed("Compacting", stop)));
}

export async function pruneState(call: CommandCall, stop: AbortSignal): Promise<StatePrune> {
  return await withDaemon(
    call,
    (client) => askDaemon(client, "Removing", () => client.call(statePrune, {}, { signal: stop })),
    { powers: { fetch: patientFetch } },
  );
}

async function verifyFolder(folder: string, stop: AbortSignal): Promise<StateVerification> {
  const { digest: _, ...verification } = await timed(verifyClosedStore(folder, closed("Reading", stop)));
  return verification;
}

function closed(what: string, signal: AbortSignal): ClosedCareOptions {
  return { signal, onProgress: showProgress(what) };
}

async function timed<T extends object>(work: Promise<T>): Promise<T & { readonly tookMs: number }> {
  const startedAtMs = performance.now();
  return { ...(await work), tookMs: performance.now() - startedAtMs };
}
