import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** The commands, in the order in which help shows them. */
export const commandList: Readonly<Record<string, CommandEntry>> = {
  up: { summary: "Starts the daemon.", load: async () => (await import("./up.ts")).up },
};
