// What models cost, as far as it is known: for budgets in USD.
//
// List prices as of 2026-11-10, those for prompts up to the size from which some models are dearer (about 200,000 tokens);
// DeepSeek's are those of its peak hours. A model that is not here has no known price: nothing is guessed from its name.
import type { ModelPrice, ModelPrices } from "@lathe/kernel";

type Row = readonly [input: number, output: number, cacheRead: number, cacheWrite?: number];

/** USD per million tokens, by `provider/model`. */
const rows: Readonly<Record<string, Row>> = {
  "anthropic/claude-fable-5-2": [8, 40, 0.2, 10],
  "anthropic/claude-haiku-4-5": [1, 5, 0.1, 1.25],
  "anthropic/claude-haiku-5-5": [0.1, 0.5, 0.01, 0.125],
  "anthropic/claude-opus-4-8": [5, 25, 0.5, 6.25],
  "anthropic/claude-opus-5": [5, 25, 0.5, 6.25],
  "anthropic/claude-opus-5-5": [4, 20, 0.2, 5],
  "anthropic/claude-sonnet-4-6": [3, 15, 0.3, 3.75],
  "anthropic/claude-sonnet-5": [2, 10, 0.2, 2.5],
  "anthropic/claude-sonnet-5-5": [2, 10, 0.1, 2.5],
  "deepseek/deepseek-flash": [0.3, 1.2, 0.006],
  "deepseek/deepseek-v4-pro": [1.32, 3.96, 0.044],
  "openai/gpt-4.1": [2, 8, 0.5],
  "openai/gpt-4o-mini": [0.15, 0.6, 0.075],
  "openai/gpt-5": [1.25, 10, 0.125],
  "openai/gpt-5-mini": [0.25, 2, 0.025],
  "openai/gpt-5.4": [2.5, 15, 0.25],
  "openai/gpt-5.6-luna": [0.2, 1.2, 0.02, 0.25],
  "openai/gpt-5.6-sol": [4, 20, 0.4, 5],
  "openai/gpt-5.6-terra": [2, 12, 0.2, 2.5],
  "openai/gpt-6-astra": [10, 50, 1, 12.5],
  "openai/gpt-6-luna": [0.1, 0.5, 0.01, 0.125],
  "openai/gpt-6.1-sol": [2, 10, 0.1, 2.5],
  "openai/gpt-6.1-terra": [1, 5, 0.05, 1.25],
};

/** Undefined = nobody knows. `name`: `provider/model`. */
export function knownPrice(name: string): ModelPrice | undefined {
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (row === undefined) return undefined;
  const [input, output, cacheRead, cacheWrite] = row;
  return { input, output, cacheRead, ...(cacheWrite === undefined ? {} : { cacheWrite }) };
}

/** The prices of the configuration, by `provider/model`, and of models that it does not name those that are known. */
export function createModelPrices(configured: ReadonlyMap<string, ModelPrice>): ModelPrices {
  return {
    priceOf: ({ provider, model }) => {
      const name = `${provider}/${model}`;
      return configured.get(name) ?? knownPrice(name);
    },
  };
}
