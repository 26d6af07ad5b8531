// Everything that this composition hands out, by the name that a manifest asks for.
import type { Powers } from "@lathe/extension-host";
import {
  Clock,
  type ClockPower,
  Environment,
  Failpoints,
  type FailpointsPower,
  Fatal,
  type FatalPower,
  Ids,
  Network,
  type NetworkPower,
  StateFolder,
  Timers,
  type TimersPower,
} from "@lathe/kernel";
import { createEnvironment, type EnvironmentVariables } from "./environment.ts";
import { createIds } from "./ids.ts";
import { openStateFolder } from "./state-folders.ts";

export interface PowersDesk {
  readonly stateFolder: string;
  readonly environment: EnvironmentVariables;
  /** Told of every variable that an extension reads, before it has the value. */
  readonly onVariableRead: (name: string, value: string) => void;
  readonly clock: ClockPower;
  readonly timers: TimersPower;
  readonly network: NetworkPower;
  readonly fatal: FatalPower;
  readonly failpoints: FailpointsPower;
}

export function createPowers(desk: PowersDesk): Powers {
  const ids = createIds(desk.clock.nowMs);
  return {
    [Clock.name]: () => desk.clock,
    [Ids.name]: () => ids,
    [Timers.name]: () => desk.timers,
    [Environment.name]: (_extensionId, granted) =>
      createEnvironment(desk.environment, granted, desk.onVariableRead),
    [StateFolder.name]: (extensionId) => openStateFolder(desk.stateFolder, extensionId),
    [Network.name]: () => desk.network,
    [Fatal.name]: () => desk.fatal,
    [Failpoints.name]: () => desk.failpoints,
  };
}
