import { expect, test } from "vitest";
import { knownPrice } from "./known-prices.ts";

test("C4: the price of a model that is known is known, and of no other", () => {
  expect(knownPrice("anthropic/claude-sonnet-5-5")).toEqual({
    ...{ input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 },
  });
  expect(knownPrice("openai/gpt-5-mini")).toEqual({ input: 0.25, output: 2, cacheRead: 0.025 });
  for (const name of [
    "anthropic/claude-sonnet-5-5-20991231",
    "scripted/demo",
    "constructor",
    "__proto__",
    "",
  ])
    expect(knownPrice(name), name).toBeUndefined();
});
