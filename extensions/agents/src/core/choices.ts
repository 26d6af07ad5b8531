// What a turn runs with: its models, where its tools work.
import { type BudgetLimits, type ModelChoice, type ModelPrices, TurnRefusedError } from "@lathe/kernel";
import type { AgentDefinition } from "./agent-definitions.ts";
import type { PreparedTurn } from "./drive-turn.ts";
import { chooseModels, type ModelWishes, modelNameOf } from "./models.ts";
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

/**
 * Those of the models that can be used within the limits: with one in USD only those whose price is known. Throws
 * TurnRefusedError `unknown-price` where the first of them is none.
 */
export function modelsWithin(
  limits: BudgetLimits | undefined,
  [first, ...fallbacks]: PreparedTurn["models"],
  prices: ModelPrices,
): PreparedTurn["models"] {
  if (limits === undefined || limits.usd === null) return [first, ...fallbacks];
  const isPriced = ({ provider, model }: ModelChoice): boolean =>
    prices.priceOf({ provider: provider.id, model }) !== undefined;
  if (!isPriced(first)) throw unknownPrice(modelNameOf(first));
  return [first, ...fallbacks.filter(isPriced)];
}

function unknownPrice(name: string): TurnRefusedError {
  const message = `The price of ${name} is not known, so that a budget in USD would not hold. Set its price (\`prices\` of the extension agents), or give the budget in tokens.`;
  return new TurnRefusedError("unknown-price", message);
}

export function execBackendOf({
  execBackends,
}: Pick<TurnServiceParts, "execBackends">): PreparedTurn["exec"] {
  return execBackends.get("local") ?? noExecBackend;
}
