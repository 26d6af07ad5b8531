// `lathe up`: the daemon, in the foreground.
import { flushCompileCache } from "node:module";
import { loadConfig } from "../config.ts";
import { type Daemon, startDaemon } from "../daemon/start-daemon.ts";
import { exitCodes } from "../exit-codes.ts";
import { announceDaemon } from "./announce-daemon.ts";
import { type Command, type CommandCall, isSet, textOption } from "./command.ts";
import { endOnBrokenPromise, endProcess } from "./last-words.ts";
import { StopSignals } from "./stop-signals.ts";
import { printError, printLine, printTrouble } from "./terminal.ts";

export const up: Command = {
  usage: `[--port N] [--host ADDRESS] [--state DIR] [--quiet]

  --port N         port on the loopback address; 0 takes a free one (default 4646)
  --host ADDRESS   127.0.0.1 (default) or ::1
  --state DIR      where everything is kept
  --quiet          prints the URL alone

Ends with 0 after SIGTERM or Ctrl-C, when the turns in progress are done. A second signal ends it at once.`,
  options: {
    port: { type: "string" },
    host: { type: "string" },
    quiet: { type: "boolean" },
  },
  positionals: { min: 0, max: 0 },
  run: runDaemon,
};

async function runDaemon(call: CommandCall): Promise<number> {
  endOnBrokenPromise();
  const signals = new StopSignals();
  const config = loadConfig({ flags: flagsOf(call), environment: call.environment, cwd: call.cwd });
  const daemon = await startDaemon({
    config,
    environment: call.environment,
    fatal: endProcess,
    tell: printTrouble,
  });
  printLine(`Lathe is ready on ${daemon.url}`);
  for (const warning of config.warnings) printError(`Warning: ${warning}`);
  if (!isSet(call, "quiet")) await announceDaemon(daemon, config);
  flushCompileCache();
  await signals.first();
  await stopDaemon(daemon, config.drainGraceMs);
  return exitCodes.ok;
}

async function stopDaemon(daemon: Daemon, graceMs: number): Promise<void> {
  printError(
    `Lathe is stopping: turns in progress have ${Math.ceil(graceMs / 1_000)} s. A second signal ends it at once.`,
  );
  await daemon.stop(graceMs);
  printError("Lathe has stopped.");
}

function flagsOf(call: CommandCall): { state?: string; port?: string; host?: string } {
  const flags: { state?: string; port?: string; host?: string } = {};
  for (const name of ["state", "port", "host"] as const) {
    const value = textOption(call, name);
    if (value !== undefined) flags[name] = value;
  }
  return flags;
}
