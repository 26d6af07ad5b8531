import type { JsonValue } from "@lathe/kernel";
import * as v from "valibot";

export interface Config {
  readonly shellPath: string;
  readonly processCountMax: number;
  readonly memoryBytesMax: number;
  readonly fileBytesMax: number;
}

const limit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0);

const schema = v.object({
  shellPath: v.optional(v.string(), ""),
  processCountMax: limit,
  memoryBytesMax: limit,
  fileBytesMax: limit,
});

/** Reads the extension's part of the configuration. Throws ValiError. */
export function parseConfig(config: JsonValue): Config {
  return v.parse(schema, config ?? {});
}

/** Program and first arguments that run a line. `--` keeps a line that starts with a dash from being an option. */
export function findShell(config: Config, exists: (path: string) => boolean): readonly [string, ...string[]] {
  const found = ["/bin/bash", "/usr/bin/bash"].find(exists) ?? "/bin/sh";
  return [config.shellPath === "" ? found : config.shellPath, "-c", "--"];
}

/** What stands before a program to set its limits; nothing where there are none. */
export function limiterFor(config: Config): readonly string[] {
  const limits = [
    ["--nproc", config.processCountMax],
    ["--as", config.memoryBytesMax],
    ["--fsize", config.fileBytesMax],
  ] as const;
  const options = limits.filter(([, max]) => max > 0).map(([option, max]) => `${option}=${max}`);
  return options.length === 0 ? [] : ["prlimit", ...options, "--"];
}
