import type { JsonValue } from "@lathe/kernel";
import * as v from "valibot";

export interface ShellConfig {
  readonly timeoutMs: number;
  readonly timeoutMsMax: number;
  readonly outputBytesMax: number;
}

const amount = v.pipe(v.number(), v.integer(), v.minValue(1));

const schema = v.object({
  timeoutMs: v.optional(amount, 30_000),
  timeoutMsMax: v.optional(amount, 600_000),
  outputBytesMax: v.optional(amount, 32_768),
});

/** Reads the extension's part of the configuration. A default time above the largest one is cut to it. */
export function parseConfig(config: JsonValue): ShellConfig {
  const parsed = v.parse(schema, config ?? {});
  return { ...parsed, timeoutMs: Math.min(parsed.timeoutMs, parsed.timeoutMsMax) };
}
