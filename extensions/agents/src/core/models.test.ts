import type { Provider } from "@lathe/kernel";
import { expect, test } from "vitest";
import { contributionsOf, plainConfig } from "../testing/stage.ts";
import { type AgentDefinition, type AgentsConfig, parseAgentsConfig } from "./agent-definitions.ts";
import { chooseModels } from "./models.ts";

const providerOf = (id: string): Provider => ({ id, models: async () => [], stream: () => ({}) as never });
const providers = contributionsOf({ one: providerOf("one"), two: providerOf("two") });
const noWishes = { message: undefined, conversation: null };

function configOf(parts: object): { readonly config: AgentsConfig; readonly agent: AgentDefinition } {
  const config = parseAgentsConfig({ ...plainConfig, model: null, ...parts });
  return { config, agent: config.agents.get("default") as AgentDefinition };
}

function namesOf(parts: object, wishes: Parameters<typeof chooseModels>[0] = noWishes): readonly string[] {
  const { config, agent } = configOf(parts);
  return chooseModels(wishes, agent, config, providers).map(
    ({ provider, model }) => `${provider.id}/${model}`,
  );
}

test("the message's wish comes first, then the conversation's, the agent's, the configuration's, the first preferred", () => {
  const all = {
    model: "one/config",
    preferredModels: ["one/preferred"],
    agents: { default: { model: "one/agent" } },
  };
  expect(namesOf(all, { message: "two/message", conversation: "one/conversation" })).toEqual(["two/message"]);
  expect(namesOf(all, { message: undefined, conversation: "two/org/conversation" })).toEqual([
    "two/org/conversation",
  ]);
  expect(namesOf(all)).toEqual(["one/agent"]);
  expect(namesOf({ ...all, agents: {} })).toEqual(["one/config"]);
  expect(namesOf({ preferredModels: ["absent/x", "two/second", "one/third"] })).toEqual(["two/second"]);
});

test("fallbacks follow in their order; those without a provider, and the first choice again, are left out", () => {
  const fallbackModels = ["two/b", "absent/x", "one/a", "two/b", "one/c"];
  expect(namesOf({ model: "one/a", agents: { default: { fallbackModels } } })).toEqual([
    "one/a",
    "two/b",
    "one/c",
  ]);
});

test.each([
  "absent/x",
  "one",
  "one/",
  "/x",
  "",
])("a wish for %j is refused, and not replaced by another", (model) => {
  expect(() => namesOf({ preferredModels: ["one/a"] }, { message: model, conversation: null })).toThrow(
    expect.objectContaining({ code: "unknown-model", message: expect.stringContaining("one, two") }),
  );
});

test("where nobody asked and nothing preferred is there, there is no model", () => {
  expect(() => namesOf({ preferredModels: ["absent/x"] })).toThrow(
    expect.objectContaining({ code: "no-model" }),
  );
});

test("each model is asked with the agent's settings", () => {
  const { config, agent } = configOf({
    model: "one/a",
    agents: { default: { settings: { temperature: 0 }, fallbackModels: ["two/b"] } },
  });
  const choices = chooseModels(noWishes, agent, config, providers);
  expect(choices.map((choice) => choice.settings)).toEqual([{ temperature: 0 }, { temperature: 0 }]);
});
