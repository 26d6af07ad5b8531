// Finds out how the store of the state folder can be reached: through the daemon that has it, or as a closed folder.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@lathe/client";
import { loadConfig } from "../../config.ts";
import { readLiveRecord } from "../../daemon/daemon-record.ts";
import { StateInUseError, takeStateLock } from "../../daemon/state-lock.ts";
import { openAccessToken } from "../../powers/access-token.ts";
import { timers } from "../../powers/timers.ts";
import { type CommandCall, stateFlag } from "../command.ts";
import { openClient } from "../open-client.ts";
import { patientFetch } from "./patient-fetch.ts";

// A daemon that is just starting, or just stopping, is waited for.
const attemptCountMax = 50;
const pauseMs = 200;

export type ReachedState =
  | { readonly kind: "running"; readonly client: Client }
  /** Nobody else has it until `use` has settled. */
  | { readonly kind: "closed"; readonly storeFolder: string };

/** Throws what `use` throws, and why the state cannot be reached. */
export async function withState<T>(call: CommandCall, use: (state: ReachedState) => Promise<T>): Promise<T> {
  const stateFolder = stateFolderOf(call);
  for (let attempt = 1; ; attempt += 1) {
    const running = readLiveRecord(stateFolder);
    if (running !== undefined && running.url !== null) {
      const token = await openAccessToken(stateFolder);
      using client = openClient({ url: running.url, token, stateFolder }, { fetch: patientFetch });
      return await use({ kind: "running", client });
    }
    const release = tryLock(stateFolder, attempt === attemptCountMax);
    if (release !== undefined) return await useClosed(stateFolder, release, use);
    await timers.sleep(pauseMs);
  }
}

/** Throws StateInUseError where a daemon has it, which says how to stop that one. */
export async function withClosedState<T>(
  call: CommandCall,
  use: (storeFolder: string) => Promise<T>,
): Promise<T> {
  const stateFolder = stateFolderOf(call);
  return await useClosed(stateFolder, takeStateLock(stateFolder), async (state) => use(state.storeFolder));
}

async function useClosed<T>(
  stateFolder: string,
  release: () => void,
  use: (state: ReachedState & { readonly kind: "closed" }) => Promise<T>,
): Promise<T> {
  try {
    return await use({ kind: "closed", storeFolder: join(stateFolder, "extensions", "storage-lmdb") });
  } finally {
    release();
  }
}

function tryLock(stateFolder: string, isLastAttempt: boolean): (() => void) | undefined {
  try {
    return takeStateLock(stateFolder);
  } catch (failure) {
    if (failure instanceof StateInUseError && !isLastAttempt) return undefined;
    throw failure;
  }
}

function stateFolderOf(call: CommandCall): string {
  const { stateFolder } = loadConfig({
    flags: stateFlag(call),
    environment: call.environment,
    cwd: call.cwd,
  });
  if (!existsSync(stateFolder))
    throw new Error(`There is no state folder ${stateFolder} yet. Name another one with --state.`);
  return stateFolder;
}
