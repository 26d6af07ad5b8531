import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** The commands, in the order in which help shows them. */
export const commandList: Readonly<Record<string, CommandEntry>> = {
  up: { summary: "Starts the daemon.", load: async () => (await import("./up.ts")).up },
  run: {
    summary: "Sends one message and prints the answer.",
    load: async () => (await import("./run.ts")).run,
  },
  chat: {
    summary: "Talks with an agent, message by message.",
    load: async () => (await import("./chat.ts")).chat,
  },
  conversations: {
    summary: "Lists conversations, by their newest messages; shows what turns took; forks and goes back.",
    load: async () => (await import("./conversations.ts")).conversations,
  },
  runs: {
    summary: "Lists what was executed; shows, stops and follows one run.",
    load: async () => (await import("./runs.ts")).runs,
  },
  workflows: {
    summary: "Lists, checks and runs workflows: scripts that start agents.",
    load: async () => (await import("./workflows.ts")).workflows,
  },
  trace: {
    summary: "Shows what happened in a turn, span by span; compares what its steps were asked.",
    load: async () => (await import("./trace.ts")).trace,
  },
  traces: {
    summary: "Lists tool calls, newest or slowest first.",
    load: async () => (await import("./traces.ts")).traces,
  },
  agents: {
    summary: "Lists the agents that can be named in a folder.",
    load: async () => (await import("./agents.ts")).agents,
  },
  models: {
    summary: "Lists the models that can be asked.",
    load: async () => (await import("./models.ts")).models,
  },
  extensions: {
    summary: "Lists the extensions, and why one is not active.",
    load: async () => (await import("./extensions.ts")).extensions,
  },
  state: {
    summary: "Copies, checks and compacts the store, and says how large it is.",
    load: async () => (await import("./state.ts")).state,
  },
  doctor: { summary: "Checks the installation.", load: async () => (await import("./doctor.ts")).doctor },
};
