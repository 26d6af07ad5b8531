// The commands whose start is measured, and the figure `start` over all rounds.

import { fileURLToPath } from "node:url";
import { measureStart, type ReadySettings, type StartTime } from "./start-time.ts";
import { withStateFolder } from "./state-folder.ts";
import { type Spread, spreadOf } from "./statistics.ts";

export interface StartCommand {
  readonly name: string;
  /** The command for a start on an empty state folder. */
  commandFor(stateDir: string): ReadySettings;
}

export interface StartLine {
  readonly command: string;
  readonly printedMs: Spread | undefined;
  readonly readyMs: Spread | undefined;
}

const lathe = fileURLToPath(new URL("../../host-bin/lathe.mjs", import.meta.url));
const fakeModelServer = fileURLToPath(new URL("../fake-model-server.ts", import.meta.url));

/** Starts the daemon on a state folder; it is ready when its transport answers. */
export function latheUp(stateDir: string): ReadySettings {
  return { argv: [process.execPath, lathe, "up", "--state", stateDir, "--port", "0"], readyPath: "/readyz" };
}

/** The fake model server is the floor of this figure: Node, a handful of files, one listening socket. */
export const startCommands: readonly StartCommand[] = [
  { name: "fake model server", commandFor: () => ({ argv: [process.execPath, fakeModelServer] }) },
  {
    name: "lathe up, empty store",
    commandFor: latheUp,
  },
];

/** Starts each command once a round, one after the other. */
export async function measureStarts(
  commands: readonly StartCommand[],
  roundCount: number,
): Promise<readonly StartLine[]> {
  const times = commands.map((): StartTime[] => []);
  for (let round = 0; round < roundCount; round += 1) {
    for (const [index, { commandFor }] of commands.entries()) {
      times[index]?.push(await withStateFolder((stateDir) => measureStart(commandFor(stateDir))));
    }
  }
  return commands.map(({ name }, index) => ({
    command: name,
    printedMs: spreadOf((times[index] ?? []).map((time) => time.printedMs)),
    readyMs: spreadOf((times[index] ?? []).map((time) => time.readyMs)),
  }));
}
