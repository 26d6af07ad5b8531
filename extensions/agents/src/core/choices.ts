// What a turn runs with: its agent, its models, where its tools work.
import { TurnRefusedError } from "@lathe/kernel";
import type { AgentDefinition } from "./agent-definitions.ts";
import type { PreparedTurn } from "./drive-turn.ts";
import { chooseModels, type ModelWishes } from "./models.ts";
import { noExecBackend } from "./no-exec-backend.ts";
import type { TurnServiceParts } from "./turn-service-parts.ts";

/** Throws TurnRefusedError `unknown-agent`. */
export function agentOf(name: string, { config }: Pick<TurnServiceParts, "config">): AgentDefinition {
  const agent = config.agents.get(name);
  if (agent !== undefined) return agent;
  const names = [...config.agents.keys()].join(", ");
  throw new TurnRefusedError(
    "unknown-agent",
    `There is no agent named ${JSON.stringify(name)}. Configured agents: ${names}.`,
  );
}

/** As `chooseModels`. */
export function modelsOf(
  wishes: ModelWishes,
  agent: AgentDefinition,
  { config, providers }: Pick<TurnServiceParts, "config" | "providers">,
): PreparedTurn["models"] {
  return chooseModels(wishes, agent, config, providers);
}

export function execBackendOf({
  execBackends,
}: Pick<TurnServiceParts, "execBackends">): PreparedTurn["exec"] {
  return execBackends.get("local") ?? noExecBackend;
}
