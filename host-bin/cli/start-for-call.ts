// A daemon in this process, for a call that has found none. A file of its own, since most calls find one: what a daemon is
// made of takes longer to load than everything else.
import type { Config } from "../config.ts";
import { type Daemon, startDaemon } from "../daemon/start-daemon.ts";
import type { EnvironmentVariables } from "../powers/environment.ts";
import { endOnBrokenPromise, endProcess } from "./last-words.ts";
import { printError, printTrouble } from "./terminal.ts";

/** On a port that is free. Throws StateInUseError where another daemon was faster. Whoever starts it stops it. */
export async function startForCall(config: Config, environment: EnvironmentVariables): Promise<Daemon> {
  endOnBrokenPromise();
  const { "transport-http": http, ...others } = config.extensions;
  const extensions = { ...others, "transport-http": { ...http, port: 0 } };
  const daemon = await startDaemon({
    config: { ...config, extensions },
    environment,
    fatal: endProcess,
    tell: printTrouble,
  });
  for (const warning of config.warnings) printError(`Warning: ${warning}`);
  return daemon;
}
