// Which model a turn begins with, and which ones take over.
import { type Contributions, type ModelChoice, type Provider, TurnRefusedError } from "@lathe/kernel";
import type { AgentDefinition, AgentsConfig } from "./agent-definitions.ts";

export interface ModelWishes {
  readonly message: string | undefined;
  readonly conversation: string | null;
}

/**
 * The models of a turn, the first choice first, each once. What was asked for must exist; a fallback that does not is
 * left out.
 * Throws TurnRefusedError `unknown-model` or `no-model`.
 */
export function chooseModels(
  wishes: ModelWishes,
  agent: AgentDefinition,
  config: AgentsConfig,
  providers: Contributions<Provider>,
): readonly [ModelChoice, ...ModelChoice[]] {
  const wished = wishes.message ?? wishes.conversation ?? agent.model ?? config.model;
  const first =
    wished === null ? firstPreferred(config, providers, agent) : findModel(wished, providers, agent);
  if (first === undefined) throw refusal(wished, providers);
  const choices = new Map([[modelNameOf(first), first]]);
  for (const name of agent.fallbackModels) {
    const choice = findModel(name, providers, agent);
    if (choice === undefined) continue;
    const modelName = modelNameOf(choice);
    if (!choices.has(modelName)) choices.set(modelName, choice);
  }
  const [, ...fallbacks] = choices.values();
  return [first, ...fallbacks];
}

/** `provider/model`. */
export function modelNameOf({ provider, model }: ModelChoice): string {
  return `${provider.id}/${model}`;
}

/** The model that a turn gets where nobody asked for one. */
export function firstPreferred(
  config: AgentsConfig,
  providers: Contributions<Provider>,
  agent: AgentDefinition,
): ModelChoice | undefined {
  for (const name of config.preferredModels) {
    const choice = findModel(name, providers, agent);
    if (choice !== undefined) return choice;
  }
  return undefined;
}

function findModel(
  name: string,
  providers: Contributions<Provider>,
  agent: AgentDefinition,
): ModelChoice | undefined {
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1) return undefined;
  const provider = providers.get(name.slice(0, slash));
  if (provider === undefined) return undefined;
  return { provider, model: name.slice(slash + 1), settings: agent.settings };
}

function refusal(wished: string | null, providers: Contributions<Provider>): TurnRefusedError {
  const names = providers
    .all()
    .map((provider) => provider.name)
    .join(", ");
  if (wished === null) {
    return new TurnRefusedError(
      "no-model",
      `No model is configured. Providers that there are: ${names || "none"}. Name a model as provider/model.`,
    );
  }
  return new TurnRefusedError(
    "unknown-model",
    `There is no provider for the model ${JSON.stringify(wished)}. A model is named provider/model, and the providers are: ${names || "none"}. A provider appears when its key is in the environment.`,
  );
}
