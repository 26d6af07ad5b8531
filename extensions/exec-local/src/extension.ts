// Offers this machine as the exec backend `local`.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import {
  type Activate,
  Clock,
  Environment,
  type EnvironmentPower,
  ExecBackends,
  StateFolder,
  Timers,
} from "@lathe/kernel";
import { findShell, limiterFor, parseConfig } from "./core/config.ts";
import { LocalBackend } from "./edge/local-backend.ts";
import { OutputPipes } from "./edge/output-pipes.ts";

export const activate: Activate = async (host, scope) => {
  if (!existsSync("/proc/self/fd")) {
    throw new Error("exec-local needs Linux with /proc: without it, no path and no process can be checked.");
  }
  const config = parseConfig(host.config);
  const passedOn = readAll(host.power(Environment));
  const pipes = new OutputPipes(`${host.power(StateFolder).path}/pipes`, passedOn.PATH ?? "/usr/bin:/bin");
  await pipes.prepare();
  scope.own(() => pipes.removeAll());
  const backend = new LocalBackend(
    {
      clock: host.power(Clock),
      timers: host.power(Timers),
      pipes,
      passedOn,
      shell: findShell(config, existsSync),
      limiter: limiterFor(config),
      newMarker: randomUUID,
    },
    (pids) => host.logger.log("warn", "Processes of a command could not be ended.", { pids: pids.join(" ") }),
  );
  scope.own(() => backend.close());
  host.contribute(ExecBackends, backend.computer, backend);
};

/** The manifest's permissions are the list: the host shows no other variable. */
function readAll(environment: EnvironmentPower): Record<string, string> {
  const pairs = environment.names().map((name) => [name, environment.get(name) ?? ""] as const);
  return Object.fromEntries(pairs);
}
