import { isIPv4 } from "node:net";
import type { JsonValue } from "@lathe/kernel";
import { array, type GenericSchema, number, object, parse, string } from "valibot";

/** The configuration of this extension; what it means, its limits and its defaults are in the manifest. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly bodyBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly connectionCountMax: number;
  readonly unsentBytesMax: number;
  readonly pingIntervalMs: number;
  readonly closeGraceMs: number;
}

const schema: GenericSchema<unknown, Settings> = object({
  port: number(),
  host: string(),
  allowedHosts: array(string()),
  allowedOrigins: array(string()),
  bodyBytesMax: number(),
  headersTimeoutMs: number(),
  requestTimeoutMs: number(),
  connectionCountMax: number(),
  unsentBytesMax: number(),
  pingIntervalMs: number(),
  closeGraceMs: number(),
});

/** Reads what the host has checked against the manifest. Throws NotLoopbackError. */
export function readSettings(config: JsonValue): Settings {
  const settings = parse(schema, config);
  // Bound by address, so that a hosts file that calls another machine `localhost` changes nothing.
  const host = settings.host === "localhost" ? "127.0.0.1" : settings.host;
  if (!isLoopback(host)) throw new NotLoopbackError(settings.host);
  return { ...settings, host };
}

export function isLoopback(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}

/** Other machines could reach the daemon, and what they send would travel unencrypted. */
export class NotLoopbackError extends Error {
  readonly code = "not-loopback";
  readonly host: string;

  constructor(host: string) {
    super(
      `The daemon does not listen on "${host}": without encryption it serves this machine only. ` +
        'Set "host" to 127.0.0.1 or ::1, and put a proxy or an SSH tunnel in front for other machines.',
    );
    this.name = "NotLoopbackError";
    this.host = host;
  }
}
