import type { JsonValue } from "@lathe/kernel";
import { type GenericSchema, number, object, parse } from "valibot";

/** The configuration of this extension; what it means, its limits and its defaults are in the manifest. */
export interface Settings {
  readonly connectionCountMax: number;
  readonly frameBytesMax: number;
  readonly subscriptionCountMax: number;
  readonly requestCountMax: number;
  readonly framesPerSecondMax: number;
  readonly unsentBytesMax: number;
  readonly helloTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly closeGraceMs: number;
}

const schema: GenericSchema<unknown, Settings> = object({
  connectionCountMax: number(),
  frameBytesMax: number(),
  subscriptionCountMax: number(),
  requestCountMax: number(),
  framesPerSecondMax: number(),
  unsentBytesMax: number(),
  helloTimeoutMs: number(),
  heartbeatMs: number(),
  closeGraceMs: number(),
});

/** Reads what the host has checked against the manifest. */
export function readSettings(config: JsonValue): Settings {
  return parse(schema, config);
}
