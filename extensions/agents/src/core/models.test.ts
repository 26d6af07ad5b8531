import type { Provider } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { contributionsOf, plainConfig } from "../testing/stage.ts";
import { type AgentDefinition, type AgentsConfig, parseAgentsConfig } from "./agent-definitions.ts";
import { chooseModels, defaultModelOf } from "./models.ts";

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

describe("an alias", () => {
  const modelAliases = { haiku: "two/small", mine: "one/own" };
  const conversation = (name: string) => ({ message: undefined, conversation: name });

  test("is as good as the model that it stands for, wherever a model is named", () => {
    const parts = { modelAliases, model: "one/a" };
    expect(namesOf(parts, { message: "haiku", conversation: "mine" })).toEqual(["two/small"]);
    expect(namesOf(parts, conversation("mine"))).toEqual(["one/own"]);
    const agents = { default: { model: "mine", fallbackModels: ["haiku", "two/b", "one/own"] } };
    expect(namesOf({ ...parts, agents })).toEqual(["one/own", "two/small", "two/b"]);
    expect(namesOf({ ...parts, model: "haiku" })).toEqual(["two/small"]);
  });

  test.each([
    "fable",
    "haiku",
    "opus",
    "sonnet",
  ])("%s is the default model where nothing else is said of it", (alias) => {
    expect(namesOf({ model: "one/a" }, conversation(alias))).toEqual(["one/a"]);
    expect(namesOf({ preferredModels: ["two/first"] }, conversation(alias))).toEqual(["two/first"]);
    expect(namesOf({ preferredModels: ["two/first"], model: alias }, conversation(alias))).toEqual([
      "two/first",
    ]);
    const agents = { default: { model: "two/of-agent" } };
    expect(namesOf({ model: "one/a", agents }, conversation(alias))).toEqual(["two/of-agent"]);
    expect(namesOf({ model: "one/a", agents: { default: { model: alias } } })).toEqual(["one/a"]);
    expect(() => namesOf({}, conversation(alias))).toThrow(expect.objectContaining({ code: "no-model" }));
  });

  test("that nobody knows is refused, and those that there are are named", () => {
    const wish = () => namesOf({ modelAliases, model: "one/a" }, conversation("gpt"));
    expect(wish).toThrow(expect.objectContaining({ code: "unknown-model" }));
    expect(wish).toThrow(
      '"gpt". A model is named provider/model, and the providers are: one, two; or by an alias: fable, haiku, mine, opus, sonnet.',
    );
  });

  test("that stands for a model without a provider says what it stands for", () => {
    const wish = () =>
      namesOf({ modelAliases: { haiku: "absent/x" }, model: "one/a" }, conversation("haiku"));
    expect(wish).toThrow('"haiku", which stands for absent/x');
  });

  test.each([
    { "a/b": "one/a" },
    { "": "one/a" },
    { mine: "haiku" },
    { mine: "" },
  ])("cannot be %j", (aliases) => {
    expect(() => namesOf({ modelAliases: aliases })).toThrow("wrong at modelAliases");
  });

  test("is what the default model is named as where it has a meaning, and not otherwise", () => {
    const named = (parts: object) => {
      const { config, agent } = configOf(parts);
      return defaultModelOf(agent, config, providers);
    };
    expect(named({ model: "haiku", modelAliases })).toBe("two/small");
    expect(named({ model: "haiku", preferredModels: ["one/b"] })).toBe("one/b");
    expect(named({ model: "absent/x" })).toBe("absent/x");
    expect(named({})).toBeNull();
  });
});
