// What a command of `lathe` is.
import type { ParseArgsOptionsConfig } from "node:util";
import type { EnvironmentVariables } from "../powers/environment.ts";

export interface Command {
  /** Shown by `lathe help` and with a usage error, below the line `lathe <name> ...`. */
  readonly usage: string;
  /** Besides `--state` and `--help`, which every command takes. */
  readonly options: ParseArgsOptionsConfig;
  /** How many arguments that are not options it takes. */
  readonly positionals: { readonly min: number; readonly max: number };
  /** Does it and answers with the exit code. What it throws is told in one line, and the exit code is 1. */
  run(call: CommandCall): Promise<number>;
}

export interface CommandCall {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
  readonly environment: EnvironmentVariables;
  readonly cwd: string;
}

/** The command line asks for something that there is not; the message says what. */
export class UsageError extends Error {
  readonly code = "usage";

  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** The value of an option that takes one. */
export function textOption({ options }: CommandCall, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** Whether a switch was set. */
export function isSet({ options }: CommandCall, name: string): boolean {
  return options[name] === true;
}

/** What the command line says about the state folder, as the configuration takes it. */
export function stateFlag(call: CommandCall): { readonly state?: string } {
  const state = textOption(call, "state");
  return state === undefined ? {} : { state };
}
