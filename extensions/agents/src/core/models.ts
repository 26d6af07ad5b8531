// Which model a turn begins with, and which ones take over.
import { type Contributions, type ModelChoice, type Provider, TurnRefusedError } from "@lathe/kernel";
import type { AgentDefinition, AgentsConfig } from "./agent-definitions.ts";

export interface ModelWishes {
  readonly message: string | undefined;
  /** `provider/model` or an alias, as all names of models here. */
  readonly conversation: string | null;
}

/** Aliases that are always there: where the configuration does not say what one stands for, it is the default model. */
export const defaultAliases: readonly string[] = ["fable", "haiku", "opus", "sonnet"];

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
  const wished = withoutDefaults(wishes.message ?? wishes.conversation, agent, config);
  const first =
    wished === null
      ? firstPreferred(config, providers, agent)
      : findModel(meaningOf(wished, config), providers, agent);
  if (first === undefined) throw refusal(wished, providers, config);
  const choices = new Map([[modelNameOf(first), first]]);
  for (const name of agent.fallbackModels) {
    const choice = findModel(meaningOf(name, config), providers, agent);
    if (choice === undefined) continue;
    const modelName = modelNameOf(choice);
    if (!choices.has(modelName)) choices.set(modelName, choice);
  }
  const [, ...fallbacks] = choices.values();
  return [first, ...fallbacks];
}

/** The model that is asked for, or null for the first that is preferred: what an alias without a meaning stands for. */
function withoutDefaults(
  wish: string | null,
  agent: AgentDefinition,
  { model, modelAliases }: AgentsConfig,
): string | null {
  const wishes = [wish, agent.model, model];
  const isSaid = (name: string | null): name is string =>
    name !== null && (modelAliases.has(name) || !defaultAliases.includes(name));
  return wishes.find(isSaid) ?? null;
}

function meaningOf(name: string, { modelAliases }: AgentsConfig): string {
  return modelAliases.get(name) ?? name;
}

/** `provider/model`. */
export function modelNameOf({ provider, model }: ModelChoice): string {
  return `${provider.id}/${model}`;
}

/** What a turn of the agent asks for where nobody asked for a model; there may be no provider for it. */
export function defaultModelOf(
  agent: AgentDefinition,
  config: AgentsConfig,
  providers: Contributions<Provider>,
): string | null {
  const wished = withoutDefaults(null, agent, config);
  if (wished !== null) return meaningOf(wished, config);
  const first = firstPreferred(config, providers, agent);
  return first === undefined ? null : modelNameOf(first);
}

function firstPreferred(
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

function refusal(
  wished: string | null,
  providers: Contributions<Provider>,
  { modelAliases }: AgentsConfig,
): TurnRefusedError {
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
  const aliases = [...new Set([...defaultAliases, ...modelAliases.keys()])].sort().join(", ");
  const meaning = modelAliases.get(wished);
  const asked = JSON.stringify(wished) + (meaning === undefined ? "" : `, which stands for ${meaning}`);
  return new TurnRefusedError(
    "unknown-model",
    `There is no provider for the model ${asked}. A model is named provider/model, and the providers are: ${names || "none"}; or by an alias: ${aliases}. A provider appears when its key is in the environment.`,
  );
}
