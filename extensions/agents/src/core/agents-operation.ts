// What the outside can ask of the agents that there are.
import type { Redactor } from "@lathe/kernel";
import { type AnyOperation, implementOperation } from "@lathe/wire";
import { agentsList, type ListedAgent } from "@lathe/wire/operations";
import { summaryOf } from "./agent-directory.ts";
import type { KnownAgent, KnownAgents } from "./known-agents.ts";
import type { Toolbox } from "./toolbox.ts";

export interface AgentsDesk {
  readonly agents: KnownAgents;
  readonly toolbox: Toolbox;
  /** Undefined where nothing is a secret. */
  readonly redactor: Redactor | undefined;
  /** Absolute path; null = only what needs no folder is listed where the caller names none. */
  readonly defaultCwd: string | null;
}

export function agentsOperation({ agents, toolbox, redactor, defaultCwd }: AgentsDesk): AnyOperation {
  return implementOperation(agentsList, {
    run: async ({ cwd = defaultCwd }) => {
      const listed = await agents.list(cwd);
      const items = listed.agents.map((known) => shown(listedAgent(known, toolbox), redactor));
      return { items, failures: listed.failures };
    },
  });
}

/** What somebody wrote into a file may hold a secret. */
function shown(agent: ListedAgent, redactor: Redactor | undefined): ListedAgent {
  const { description } = agent;
  return description === null || redactor === undefined
    ? agent
    : { ...agent, description: redactor.text(description) };
}

function listedAgent(known: KnownAgent, toolbox: Toolbox): ListedAgent {
  const { agent } = known;
  const summary = summaryOf(known);
  if (typeof agent === "string") return { ...summary, model: null, tools: [], warnings: [] };
  const tools = toolbox.toolsOf(agent).declarations.map(({ name }) => name);
  const warnings = toolbox
    .unknownOf(agent.tools)
    .map((name) => `There is no tool named ${JSON.stringify(name)}.`);
  if (agent.tools.length === 0) warnings.push("Its list of tools is empty, so it has none.");
  return { ...summary, model: agent.model, tools, warnings };
}
