// What a turn runs with: its models, where its tools work.
import type { AgentDefinition } from "./agent-definitions.ts";
import type { PreparedTurn } from "./drive-turn.ts";
import { chooseModels, type ModelWishes } from "./models.ts";
import { noExecBackend } from "./no-exec-backend.ts";
import type { TurnServiceParts } from "./turn-service-parts.ts";

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
