// Starts one extension and ends it. Whatever the extension does, both answer with a value within their time.
import type { Activate, Host, JsonValue, Scope, TimersPower } from "@lathe/kernel";
import {
  ActivationTimeoutError,
  HostStoppedError,
  MissingActivateError,
  MissingOfferError,
  ReleaseTimeoutError,
} from "./errors.ts";
import type { Manifest } from "./manifest.ts";
import { waitWithin } from "./time-limit.ts";

export type Activation =
  | { readonly kind: "active" }
  | { readonly kind: "failed"; readonly cause: unknown; readonly releaseFailures: readonly unknown[] };

/** What was got ready before the extension's turn. */
export interface Prepared {
  readonly config: JsonValue;
  /** The namespace of the entry module. */
  readonly module: unknown;
}

/** One extension and what its start needs. */
export interface Starting {
  readonly manifest: Manifest;
  readonly scope: Scope;
  readonly prepared: Promise<Prepared>;
  readonly createHost: (config: JsonValue) => Host;
  readonly hasOffered: (service: string) => boolean;
}

/** The patience that every extension is met with. */
export interface Limits {
  readonly timers: TimersPower;
  readonly activationTimeoutMs: number;
  readonly releaseTimeoutMs: number;
  /** Ends the wait for an activation. */
  readonly signal: AbortSignal | undefined;
  /** A failure that comes when nobody waits for it any more. */
  readonly onLateFailure: (extensionId: string, failure: unknown) => void;
}

/** Activates; when that fails or takes too long, undoes what was begun before it answers. */
export async function activateExtension(starting: Starting, limits: Limits): Promise<Activation> {
  const { id } = starting.manifest;
  const ending = await waitWithin(runActivate(starting), {
    timers: limits.timers,
    limitMs: limits.activationTimeoutMs,
    signal: limits.signal,
    onLateFailure: (failure) => limits.onLateFailure(id, failure),
  });
  if (ending.kind === "done") return { kind: "active" };
  const releaseFailures = await closeExtension(id, starting.scope, limits);
  if (ending.kind === "threw") return { kind: "failed", cause: ending.cause, releaseFailures };
  const cause =
    ending.kind === "late"
      ? new ActivationTimeoutError(id, limits.activationTimeoutMs)
      : new HostStoppedError();
  return { kind: "failed", cause, releaseFailures };
}

/** Undoes what the scope owns; answers with the failures, among them that it took too long. */
export async function closeExtension(id: string, scope: Scope, limits: Limits): Promise<readonly unknown[]> {
  const ending = await waitWithin(scope.close(), {
    timers: limits.timers,
    limitMs: limits.releaseTimeoutMs,
    onLateFailure: (failure) => limits.onLateFailure(id, failure),
  });
  if (ending.kind === "done") return ending.value;
  return [ending.kind === "threw" ? ending.cause : new ReleaseTimeoutError(id, limits.releaseTimeoutMs)];
}

async function runActivate(starting: Starting): Promise<void> {
  const { manifest, scope, prepared, createHost, hasOffered } = starting;
  const { config, module } = await prepared;
  // An entry that loads after its time was up must not be run.
  if (scope.closed) return;
  await activateOf(manifest, module)(createHost(config), scope);
  const owed = manifest.offers.filter((service) => !hasOffered(service));
  if (owed.length > 0) throw new MissingOfferError(manifest.id, owed);
}

function activateOf(manifest: Manifest, module: unknown): Activate {
  const activate = typeof module === "object" && module !== null && "activate" in module && module.activate;
  if (typeof activate !== "function") throw new MissingActivateError(manifest.id, manifest.entry);
  return activate as Activate;
}
