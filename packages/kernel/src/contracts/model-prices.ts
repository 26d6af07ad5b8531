import type { ModelName, ModelPrice } from "../budget/price.ts";
import { type Token, token } from "../token.ts";

/** What models cost, for budgets in USD. */
export interface ModelPrices {
  /** Undefined = nobody knows; nothing is guessed from a name. */
  priceOf(model: ModelName): ModelPrice | undefined;
}

export const ModelPricesService: Token<ModelPrices> = token<ModelPrices>("model-prices");
