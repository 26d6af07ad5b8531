// Finds the daemon of the state folder; where none runs, starts one in this process for as long as the call takes.
import { loadConfig } from "../config.ts";
import { hasLeft, readLiveRecord } from "../daemon/daemon-record.ts";
import { type Daemon, startDaemon } from "../daemon/start-daemon.ts";
import { StateInUseError } from "../daemon/state-lock.ts";
import { openAccessToken } from "../powers/access-token.ts";
import { timers } from "../powers/timers.ts";
import { Client, ConnectionLostError, ProblemAnswer } from "./client.ts";
import { type CommandCall, textOption } from "./command.ts";
import { endOnBrokenPromise, endProcess } from "./last-words.ts";
import { printError, printTrouble } from "./terminal.ts";

// Others may have found the daemon of this call and have turns in progress on it.
const guestsGraceMs = 3_600_000;
const findAttemptCountMax = 50;
const findPauseMs = 200;
const leavingCheckCountMax = 100;
const leavingCheckPauseMs = 20;

export interface DaemonUse {
  /**
   * False where `use` cannot be called a second time. Otherwise it is, with the next daemon, when the one that was found
   * is leaving and has refused: it may have been that of another call, which has its answer.
   */
  readonly repeatable?: boolean;
}

/** Calls `use` with a client of the daemon. Throws what it throws, and why no daemon could be found or started. */
export async function withDaemon<T>(
  call: CommandCall,
  use: (client: Client) => Promise<T>,
  { repeatable = true }: DaemonUse = {},
): Promise<T> {
  const flags = stateFlag(call);
  const config = loadConfig({ flags, environment: call.environment, cwd: call.cwd });
  const start = (): Promise<Daemon> => {
    endOnBrokenPromise();
    for (const warning of config.warnings) printError(`Warning: ${warning}`);
    const ownPort = { ...config, extensions: onFreePort(config.extensions) };
    return startDaemon({
      config: ownPort,
      environment: call.environment,
      fatal: endProcess,
      tell: printTrouble,
    });
  };
  for (let attempt = 1; ; attempt += 1) {
    const found = await findOrStart(config.stateFolder, start);
    try {
      return await use(new Client(found));
    } catch (failure) {
      const again = repeatable && !("stop" in found) && (await isLeaving(failure, config.stateFolder));
      if (!again || attempt === findAttemptCountMax) throw failure;
    } finally {
      if ("stop" in found) await found.stop(guestsGraceMs);
    }
    await timers.sleep(findPauseMs);
  }
}

/** Either way the request that failed has done nothing. */
async function isLeaving(failure: unknown, stateFolder: string): Promise<boolean> {
  if (failure instanceof ProblemAnswer) return failure.code === "draining";
  if (!(failure instanceof ConnectionLostError)) return false;
  return failure.isRefused || (failure.isUnanswered && (await leaves(stateFolder)));
}

/**
 * A daemon that leaves resets the connections that it has not taken up. It has left when its record is gone; that of one
 * that died, or that goes on, stays, and nobody knows then what became of the request.
 */
async function leaves(stateFolder: string): Promise<boolean> {
  for (let attempt = 1; attempt <= leavingCheckCountMax; attempt += 1) {
    if (hasLeft(stateFolder)) return true;
    if (readLiveRecord(stateFolder) === undefined) return false;
    await timers.sleep(leavingCheckPauseMs);
  }
  return false;
}

type Found = Daemon | { readonly url: string; readonly token: string };

/** A daemon that is just starting, or just stopping, is waited for. */
async function findOrStart(stateFolder: string, start: () => Promise<Daemon>): Promise<Found> {
  for (let attempt = 1; ; attempt += 1) {
    const running = readLiveRecord(stateFolder);
    if (running !== undefined && running.url !== null)
      return { url: running.url, token: await openAccessToken(stateFolder) };
    try {
      return await start();
    } catch (failure) {
      if (!(failure instanceof StateInUseError) || attempt === findAttemptCountMax) throw failure;
    }
    await timers.sleep(findPauseMs);
  }
}

function onFreePort(
  extensions: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Record<string, Readonly<Record<string, unknown>>> {
  return { ...extensions, "transport-http": { ...extensions["transport-http"], port: 0 } };
}

export function stateFlag(call: CommandCall): { readonly state?: string } {
  const state = textOption(call, "state");
  return state === undefined ? {} : { state };
}
