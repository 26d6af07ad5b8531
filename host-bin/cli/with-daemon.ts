// Finds the daemon of the state folder; where none runs, starts one in this process for as long as the call takes.
import { type Client, type ClientPowers, ConnectionError, LatheProblem } from "@lathe/client";
import { type Config, loadConfig } from "../config.ts";
import { readLiveRecord } from "../daemon/daemon-record.ts";
import type { Daemon } from "../daemon/start-daemon.ts";
import { StateInUseError } from "../daemon/state-lock.ts";
import { openAccessToken } from "../powers/access-token.ts";
import { timers } from "../powers/timers.ts";
import { type CommandCall, stateFlag } from "./command.ts";
import { presenceOf } from "./daemon-presence.ts";
import { openClient } from "./open-client.ts";

// Others may have found the daemon of this call and have turns in progress on it.
const guestsGraceMs = 3_600_000;
const findAttemptCountMax = 50;
const findPauseMs = 200;
const leavingCheckCountMax = 100;
const leavingCheckPauseMs = 20;

export interface DaemonUse {
  /**
   * False where `use` cannot be called a second time. Otherwise it is, with the next daemon, when the one that was found
   * is leaving and has refused or cannot be followed any more: it may have been that of another call, which has its
   * answer.
   */
  readonly repeatable?: boolean;
  /** What the client takes in place of the platform's. */
  readonly powers?: Partial<ClientPowers>;
}

/** Calls `use` with a client of the daemon. Throws what it throws, and why no daemon could be found or started. */
export async function withDaemon<T>(
  call: CommandCall,
  use: (client: Client) => Promise<T>,
  { repeatable = true, powers = {} }: DaemonUse = {},
): Promise<T> {
  const { environment, cwd } = call;
  const config = loadConfig({ flags: stateFlag(call), environment, cwd });
  const { stateFolder } = config;
  for (let attempt = 1; ; attempt += 1) {
    const found = await findOrStart(config, call);
    try {
      using client = openClient({ url: found.url, token: found.token, stateFolder }, powers);
      return await use(client);
    } catch (failure) {
      const again = repeatable && !("stop" in found) && (await isLeaving(failure, stateFolder, found.url));
      if (!again || attempt === findAttemptCountMax) throw failure;
    } finally {
      if ("stop" in found) await found.stop(guestsGraceMs);
    }
    await timers.sleep(findPauseMs);
  }
}

/** Either way the request that failed has done nothing, or may be sent again. */
async function isLeaving(failure: unknown, stateFolder: string, url: string): Promise<boolean> {
  if (failure instanceof LatheProblem) return failure.code === "draining";
  if (!(failure instanceof ConnectionError) || failure.code !== "unreachable") return false;
  return !failure.mayHaveHappened || (await leaves(stateFolder, url));
}

/**
 * A daemon that leaves resets the connections that it has not taken up. Of one that died, or that goes on, nobody knows
 * what became of the request.
 */
async function leaves(stateFolder: string, url: string): Promise<boolean> {
  for (let attempt = 1; attempt <= leavingCheckCountMax; attempt += 1) {
    const presence = presenceOf(stateFolder, url);
    if (presence !== "there") return presence === "left";
    await timers.sleep(leavingCheckPauseMs);
  }
  return false;
}

type Found = Daemon | { readonly url: string; readonly token: string };

/** A daemon that is just starting, or just stopping, is waited for. */
async function findOrStart(config: Config, { environment }: CommandCall): Promise<Found> {
  const { stateFolder } = config;
  for (let attempt = 1; ; attempt += 1) {
    const running = readLiveRecord(stateFolder);
    if (running !== undefined && running.url !== null)
      return { url: running.url, token: await openAccessToken(stateFolder) };
    try {
      const { startForCall } = await import("./start-for-call.ts");
      return await startForCall(config, environment);
    } catch (failure) {
      if (!(failure instanceof StateInUseError) || attempt === findAttemptCountMax) throw failure;
    }
    await timers.sleep(findPauseMs);
  }
}
