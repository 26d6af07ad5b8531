// Starts the daemon of one state folder, and stops it.
//
// Invariants
//   D1  The lock is taken before anything in the state folder is read or written, and let go of last.
//   D2  The record in daemon.json names this process from the moment it holds the lock, its URL once it is open.
//   D3  Whatever fails on the way is undone before the failure is thrown.
import type { FoundExtension } from "@lathe/extension-host";
import { type FailpointsPower, type FatalPower, Scope } from "@lathe/kernel";
import { HttpAddressService } from "@lathe/wire";
import { type Composition, compose } from "../compose.ts";
import type { Config } from "../config.ts";
import { clock } from "../powers/clock.ts";
import type { EnvironmentVariables } from "../powers/environment.ts";
import { makePrivateFolder } from "../powers/private-folder.ts";
import { version } from "../version.ts";
import { recordOfThisProcess, removeDaemonRecord, writeDaemonRecord } from "./daemon-record.ts";
import { takeStateLock } from "./state-lock.ts";
import { createTerminalLogExtension } from "./terminal-log-extension.ts";

export interface DaemonOptions {
  readonly config: Config;
  readonly environment: EnvironmentVariables;
  /** Called at most once, when the process must end. */
  readonly fatal: FatalPower;
  /** Takes each warning and error that is logged, as one sentence. */
  readonly tell: (sentence: string) => void;
  /** As in `ComposeOptions`. */
  readonly extra?: readonly FoundExtension[];
  readonly failpoints?: FailpointsPower;
}

/** A daemon that answers. Whoever starts it stops it. */
export interface Daemon {
  readonly url: string;
  readonly token: string;
  readonly composition: Composition;
  /** Refuses new work, waits up to `graceMs` for turns in progress, and undoes everything. */
  stop(graceMs: number): Promise<void>;
}

/** No transport could be opened; the message says why. */
export class DaemonStartError extends Error {
  readonly code = "no-transport";

  constructor(message: string) {
    super(message);
    this.name = "DaemonStartError";
  }
}

/**
 * Settles when the API answers.
 *
 * Throws StateInUseError, PrivateFolderError, AccessTokenError and DaemonStartError.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, environment, fatal, tell, failpoints } = options;
  const { stateFolder } = config;
  const startedAtMs = clock.nowMs();
  const scope = new Scope();
  try {
    makePrivateFolder(stateFolder);
    scope.own(takeStateLock(stateFolder));
    const publish = (url: string | null): void =>
      writeDaemonRecord(stateFolder, recordOfThisProcess(url, version, startedAtMs));
    publish(null);
    scope.own(() => removeDaemonRecord(stateFolder));
    const { extensions, disabled } = config;
    const extra = [createTerminalLogExtension(tell), ...(options.extra ?? [])];
    const composition = await compose({
      stateFolder,
      config: extensions,
      disabled,
      environment,
      extra,
      fatal,
      ...(failpoints === undefined ? {} : { failpoints }),
    });
    scope.own(() => composition.close());
    const url = urlOf(composition);
    publish(url);
    const stop = async (graceMs: number): Promise<void> => {
      try {
        // Others then wait for this process to end, and are not refused by it.
        publish(null);
        await composition.drain(graceMs);
      } finally {
        await scope.close();
      }
    };
    return { url, token: composition.token, composition, stop };
  } catch (failure) {
    await scope.close();
    throw failure;
  }
}

function urlOf(composition: Composition): string {
  const states = composition.host.report();
  const transports = states.filter(({ offers }) => offers.includes(HttpAddressService.name));
  if (transports.some(({ kind }) => kind === "active")) return composition.use(HttpAddressService).url;
  const reason = transports[0]?.reason ?? "No installed extension offers http-address.";
  throw new DaemonStartError(`The daemon cannot be reached: ${reason}`);
}
