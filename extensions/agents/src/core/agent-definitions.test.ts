import { defaultTurnLimits, type ProviderFailure } from "@lathe/kernel";
import { expect, test } from "vitest";
import { plainConfig } from "../testing/stage.ts";
import { AgentsConfigError, parseAgentsConfig } from "./agent-definitions.ts";

const overloaded: ProviderFailure = {
  kind: "overloaded",
  message: "Overloaded.",
  status: 529,
  code: null,
  retryable: true,
  retryAfterMs: null,
};

test("there is a default agent where nobody defined one: every tool, no step limit, the kernel's limits", () => {
  const agent = parseAgentsConfig(plainConfig).agents.get("default");
  expect(agent).toMatchObject({
    name: "default",
    model: null,
    fallbackModels: [],
    tools: ["*"],
    settings: {},
    limits: defaultTurnLimits,
  });
  expect(agent?.retry.delayFor(1, overloaded, 0)).toMatchObject({ kind: "wait", delayMs: 5_000 });
});

test("limits for all come before the kernel's, an agent's own before those, and its step count before all", () => {
  const { agents } = parseAgentsConfig({
    ...plainConfig,
    limits: { idleMs: 10, stepCountMax: 3, toolCallCountMax: 4 },
    agents: { scout: { limits: { idleMs: 20, stepCountMax: 5 }, stepCountMax: 7 } },
  });
  expect(agents.get("default")?.limits).toEqual({
    ...defaultTurnLimits,
    idleMs: 10,
    stepCountMax: 3,
    toolCallCountMax: 4,
  });
  expect(agents.get("scout")?.limits).toEqual({
    ...defaultTurnLimits,
    idleMs: 20,
    stepCountMax: 7,
    toolCallCountMax: 4,
  });
});

test("an agent of the name default replaces the default one, and another keeps it", () => {
  const drafts = {
    default: { prompt: "Be brief." },
    scout: { prompt: "Look around.", tools: ["list_files"] },
  };
  const { agents } = parseAgentsConfig({ ...plainConfig, agents: drafts });
  expect([...agents.keys()]).toEqual(["default", "scout"]);
  expect(agents.get("default")?.prompt).toBe("Be brief.");
  expect(agents.get("scout")?.tools).toEqual(["list_files"]);
});

test("an agent's own retry schedule is followed; what it leaves out is the default's", () => {
  const { agents } = parseAgentsConfig({
    ...plainConfig,
    agents: { hasty: { retry: { delaysMs: [7] } }, resigned: { retry: { sleptMsMax: 0 } } },
  });
  expect(agents.get("hasty")?.retry.delayFor(9, overloaded, 0)).toEqual({
    kind: "wait",
    delayMs: 7,
    budgetLeftMs: 8 * 3_600_000 - 7,
  });
  expect(agents.get("resigned")?.retry.delayFor(1, overloaded, 0)).toMatchObject({ kind: "give-up" });
});

test.each([
  ["agents.scout.temperature", { agents: { scout: { temperature: 1 } } }],
  ["agents.scout.settings.topP", { agents: { scout: { settings: { topP: 2 } } } }],
  ["agents.scout.stepCountMax", { agents: { scout: { stepCountMax: -1 } } }],
  ["agents.scout.retry.delaysMs", { agents: { scout: { retry: { delaysMs: [] } } } }],
  ["agents.scout.tools.0", { agents: { scout: { tools: [1] } } }],
  ["limits.idleMs", { limits: { idleMs: 0 } }],
  ["preferredModels", { preferredModels: "one" }],
])("a configuration that is wrong at %s is refused with the name of the field", (field, part) => {
  expect(() => parseAgentsConfig({ ...plainConfig, ...part })).toThrow(AgentsConfigError);
  expect(() => parseAgentsConfig({ ...plainConfig, ...part })).toThrow(`wrong at ${field}:`);
});
