// What only the composition can give. An extension asks for one with `host.power(...)`, and its manifest must list
// the power's name under `permissions`.
import { type Power, power } from "../token.ts";

export interface ClockPower {
  /** Milliseconds since 1970-01-01 UTC. For people to read; it may jump. */
  nowMs(): number;
  /** Milliseconds since some point in the past. Never goes back; for durations. */
  monotonicMs(): number;
}
export const Clock: Power<ClockPower> = power<ClockPower>("clock");

export interface IdsPower {
  /** A new identifier: `prefix_` and a UUIDv7 (RFC 9562) without dashes, so ids sort by their time of making. */
  newId(prefix: string): string;
}
export const Ids: Power<IdsPower> = power<IdsPower>("ids");

export interface TimersPower {
  /** Resolves after `ms`, or as soon as the signal aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms` unless released before. A waiting callback does not keep the process alive. */
  after(ms: number, callback: () => void): () => void;
}
export const Timers: Power<TimersPower> = power<TimersPower>("timers");

export interface StateFolderPower {
  /** Absolute path of a folder that belongs to this extension alone (mode 0700). */
  readonly path: string;
}
export const StateFolder: Power<StateFolderPower> = power<StateFolderPower>("state-folder");

/**
 * Tells the composition that the process can no longer keep its promises and must end, with a reason for its last
 * words. It returns at once; only the first reason counts.
 */
export type FatalPower = (reason: Error) => void;
export const Fatal: Power<FatalPower> = power<FatalPower>("fatal");

/** Environment variables that the manifest names: permission `environment:NAME`, where NAME may end in `*`. */
export interface EnvironmentPower {
  get(name: string): string | undefined;
  /** The names that are set and that the manifest may read, sorted. */
  names(): readonly string[];
}
export const Environment: Power<EnvironmentPower> = power<EnvironmentPower>("environment");

/** Outgoing HTTP. Redirects are never followed: a 3xx is an answer like any other. */
export interface NetworkPower {
  /** Settles when the head of the answer is there. Throws NetworkError when there is none. */
  request(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; a repeated header is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The body as it arrives; iterated once. Its pieces belong to the reader: they are never written to again. Ending
   * early closes the connection. Throws NetworkError.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The connection failed. The message names the host, never a header or a query. */
export class NetworkError extends Error {
  readonly code:
    | "refused"
    | "no-such-host"
    | "tls"
    | "reset"
    | "timeout"
    | "aborted"
    | "not-permitted"
    | "invalid-url";

  constructor(code: NetworkError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "NetworkError";
    this.code = code;
  }
}
export const Network: Power<NetworkPower> = power<NetworkPower>("network");

/**
 * Marks a named place in the code at which a test may end the process or hold it up, to show what survives that.
 * Outside of such tests it does nothing. Names are kebab-case sentences about what was just done: `step-stored`.
 */
export type FailpointsPower = (name: string) => void;
export const Failpoints: Power<FailpointsPower> = power<FailpointsPower>("failpoints");
