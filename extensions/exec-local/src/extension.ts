// Offers this machine as the exec backend `local`.
import { existsSync } from "node:fs";
import {
  type Activate,
  Clock,
  Environment,
  type EnvironmentPower,
  ExecBackends,
  type Logger,
  StateFolder,
  Timers,
  type TimersPower,
} from "@lathe/kernel";
import { findShell, limiterFor, parseConfig } from "./core/config.ts";
import { LocalBackend } from "./edge/local-backend.ts";
import { OutputPipes } from "./edge/output-pipes.ts";
import { RunRegister } from "./edge/run-register.ts";

export const activate: Activate = async (host, scope) => {
  if (!existsSync("/proc/self/fd")) {
    throw new Error("exec-local needs Linux with /proc: without it, no path and no process can be checked.");
  }
  const config = parseConfig(host.config);
  const passedOn = readAll(host.power(Environment));
  const timers = host.power(Timers);
  const { path: stateFolder } = host.power(StateFolder);
  const tellGivenUp = (pids: readonly number[]): void =>
    host.logger.log("warn", "Processes of a command could not be ended.", { pids: pids.join(" ") });

  const pipes = new OutputPipes(`${stateFolder}/pipes`, passedOn.PATH ?? "/usr/bin:/bin");
  await pipes.prepare();
  scope.own(() => pipes.removeAll());
  const runs = new RunRegister(stateFolder);
  await runs.enter();
  scope.own(() => runs.leave());
  // Nobody waits for it: the turns that started those commands are over.
  const clearing = clearLeftovers(runs, timers, tellGivenUp, host.logger);
  scope.own(() => clearing);
  const backend = new LocalBackend(
    {
      clock: host.power(Clock),
      timers,
      pipes,
      passedOn,
      shell: findShell(config, existsSync),
      limiter: limiterFor(config),
      newMarker: () => runs.newMarker(),
    },
    tellGivenUp,
  );
  scope.own(() => backend.close());
  host.contribute(ExecBackends, backend.computer, backend);
};

async function clearLeftovers(
  runs: RunRegister,
  timers: TimersPower,
  tellGivenUp: (pids: readonly number[]) => void,
  logger: Logger,
): Promise<void> {
  try {
    const pids = await runs.endLeftovers(timers);
    if (pids.length > 0) tellGivenUp(pids);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    logger.log("warn", "What commands of an earlier daemon left could not be ended.", { reason });
  }
}

/** The manifest's permissions are the list: the host shows no other variable. */
function readAll(environment: EnvironmentPower): Record<string, string> {
  const pairs = environment.names().map((name) => [name, environment.get(name) ?? ""] as const);
  return Object.fromEntries(pairs);
}
