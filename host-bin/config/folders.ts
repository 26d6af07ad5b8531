// Where things are kept when nobody says otherwise: the XDG base directories.
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { EnvironmentVariables } from "../powers/environment.ts";
import { ConfigurationError, FlagError } from "./config-error.ts";

/** The state folder: `--state`, LATHE_STATE, else `lathe` in the XDG state folder. Absolute. Throws FlagError. */
export function stateFolderOf(
  flag: string | undefined,
  environment: EnvironmentVariables,
  cwd: string,
): string {
  if (flag === "") throw new FlagError("--state is empty. Name a folder.");
  const named = flag ?? nonEmpty(environment.LATHE_STATE);
  if (named !== undefined) return resolve(cwd, named);
  return join(xdgFolder(environment, "XDG_STATE_HOME", [".local", "state"]), "lathe");
}

export function userConfigPath(environment: EnvironmentVariables): string {
  return join(xdgFolder(environment, "XDG_CONFIG_HOME", [".config"]), "lathe", "lathe.json");
}

function xdgFolder(environment: EnvironmentVariables, name: string, below: readonly string[]): string {
  const named = environment[name];
  // The specification says to ignore a relative path.
  if (named !== undefined && isAbsolute(named)) return named;
  return join(nonEmpty(environment.HOME) ?? homeOfUser(), ...below);
}

function homeOfUser(): string {
  try {
    return homedir();
  } catch (cause) {
    // A number of a container, say, that is nobody's.
    throw new ConfigurationError("This user has no home folder. Name a folder of his with HOME.", { cause });
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
