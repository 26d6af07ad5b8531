// What the daemon is made of: the built-in extensions, the powers that they are handed, and the host that starts them.
import { type ExtensionHost, type FoundExtension, openExtensionHost } from "@lathe/extension-host";
import { type FailpointsPower, type FatalPower, type Token, TurnsService } from "@lathe/kernel";
import { createRedaction } from "@lathe/redaction";
import { createDaemonExtension } from "./daemon/daemon-extension.ts";
import { createRegistrar, isSecretVariable, secretsInConfig } from "./daemon/known-secrets.ts";
import { Lifecycle } from "./daemon/lifecycle.ts";
import { createRedactionExtension, redactionId } from "./daemon/redaction-extension.ts";
import { findBuiltInExtensions } from "./found-extensions.ts";
import { openAccessToken } from "./powers/access-token.ts";
import { clock } from "./powers/clock.ts";
import type { EnvironmentVariables } from "./powers/environment.ts";
import { LazyNetwork } from "./powers/lazy-network.ts";
import { createPowers } from "./powers/powers.ts";
import { makePrivateFolder } from "./powers/private-folder.ts";
import { timers } from "./powers/timers.ts";
import { newSpanId, newTraceId } from "./powers/trace-ids.ts";

export interface ComposeOptions {
  /** Absolute path; made with mode 0700 where it is missing. One composition at a time may use it. */
  readonly stateFolder: string;
  /** The configuration of extensions, by their ids. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What extensions may read of the environment, as far as their manifests ask for it; empty where absent. */
  readonly environment?: EnvironmentVariables;
  /** Ids of built-in extensions that are left out, as if they were not installed. */
  readonly without?: readonly string[];
  /** Ids of the only built-in extensions that are taken. */
  readonly only?: readonly string[];
  /** Ids of extensions that are reported as disabled. */
  readonly disabled?: readonly string[];
  /** Taken before the built-in ones: where two have one id or offer one service, these win. */
  readonly extra?: readonly FoundExtension[];
  /** Called when an extension says that the process must end. Throws the reason, uncaught, where absent. */
  readonly fatal?: FatalPower;
  /** Called at named places of the code; crash tests end the process there. Nothing happens where absent. */
  readonly failpoints?: FailpointsPower;
  /**
   * Takes no secret out of anything. For the one test that shows that the search for secrets finds them where nobody
   * takes them out; no daemon is started with it.
   */
  readonly unsafeWithoutRedaction?: boolean;
  readonly signal?: AbortSignal;
}

/** A running composition. Whoever composes closes. */
export interface Composition {
  readonly host: ExtensionHost;
  /** What opens the API; the content of the state folder's token file. */
  readonly token: string;
  /** A service that an active extension offers. Throws ServiceUnavailableError. */
  use<T>(service: Token<T>): T;
  /** Refuses new work and waits up to `graceMs` for turns in progress; then stops those that are left. */
  drain(graceMs: number): Promise<void>;
  /** Undoes everything, newest first. Never rejects. */
  close(): Promise<void>;
}

/**
 * Starts what was found and settles when each extension is active or has its reason in the report.
 *
 * Throws PrivateFolderError and AccessTokenError when the state folder cannot be used.
 */
export async function compose(options: ComposeOptions): Promise<Composition> {
  makePrivateFolder(options.stateFolder);
  const token = await openAccessToken(options.stateFolder);
  const lifecycle = new Lifecycle();
  const network = new LazyNetwork();
  const redaction = createRedaction();
  const register = createRegistrar(redaction);
  for (const secret of [token, ...secretsInConfig(options.config)]) register(secret);
  const redactor = options.unsafeWithoutRedaction === true ? undefined : redaction;
  const found = [
    createDaemonExtension({ token, lifecycle }),
    ...(redactor === undefined ? [] : [createRedactionExtension(redactor)]),
    ...(options.extra ?? []),
    ...chosenBuiltIns(options),
  ];
  const host = await openExtensionHost({
    found,
    powers: createPowers({
      stateFolder: options.stateFolder,
      environment: options.environment ?? {},
      onVariableRead: (name, value) => (isSecretVariable(name) ? register(value) : undefined),
      clock,
      timers,
      network: network.power,
      fatal: firstOnly(options.fatal ?? throwUncaught),
      failpoints: options.failpoints ?? (() => undefined),
    }),
    config: options.config ?? {},
    // No setting lets secrets through.
    disabled: (options.disabled ?? []).filter((id) => id !== redactionId),
    timers,
    logging: { nowMs: clock.nowMs, monotonicMs: clock.monotonicMs, newTraceId, newSpanId },
    ...(redactor === undefined ? {} : { redactor }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  lifecycle.markReady();
  return new OpenComposition({ host, token, lifecycle, network });
}

interface Parts {
  readonly host: ExtensionHost;
  readonly token: string;
  readonly lifecycle: Lifecycle;
  readonly network: LazyNetwork;
}

class OpenComposition implements Composition {
  readonly host: ExtensionHost;
  readonly token: string;
  readonly #lifecycle: Lifecycle;
  readonly #network: LazyNetwork;

  constructor({ host, token, lifecycle, network }: Parts) {
    this.host = host;
    this.token = token;
    this.#lifecycle = lifecycle;
    this.#network = network;
  }

  use<T>(service: Token<T>): T {
    return this.host.use(service);
  }

  async drain(graceMs: number): Promise<void> {
    this.#lifecycle.markDraining();
    const offersTurns = this.host
      .report()
      .some(({ kind, offers }) => kind === "active" && offers.includes(TurnsService.name));
    if (offersTurns) await this.host.use(TurnsService).drain(graceMs);
  }

  async close(): Promise<void> {
    this.#lifecycle.markDraining();
    await this.host.close();
    await this.#network.close();
  }
}

function chosenBuiltIns({ only, without = [] }: ComposeOptions): FoundExtension[] {
  // A built-in extension lives in a folder that has its id.
  const isChosen = ({ folder }: FoundExtension): boolean =>
    !without.includes(folder) && (only === undefined || only.includes(folder));
  return findBuiltInExtensions().filter(isChosen);
}

function firstOnly(fatal: FatalPower): FatalPower {
  let called = false;
  return (reason) => {
    if (called) return;
    called = true;
    fatal(reason);
  };
}

function throwUncaught(reason: Error): void {
  queueMicrotask(() => {
    throw reason;
  });
}
