import type { Contributions, Tool } from "@lathe/kernel";
import { expect, test } from "vitest";
import { plainConfig } from "../testing/stage.ts";
import { type AgentDefinition, parseAgentsConfig } from "./agent-definitions.ts";
import { Toolbox } from "./toolbox.ts";

function toolOf(name: string): Tool {
  return {
    name,
    description: `The tool ${name}.`,
    parameters: { type: "object" },
    input: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
    concurrencySafe: true,
    readOnly: true,
    idempotent: true,
    timeoutMs: 0,
    execute: async () => ({ content: "" }),
  };
}

function shelfOf(...names: string[]) {
  const listeners = new Set<() => void>();
  const all = () => names.map((name) => ({ name, extensionId: "test", item: toolOf(name) }));
  const contributed: Contributions<Tool> = {
    all,
    get: (name) => all().find((one) => one.name === name)?.item,
    onChanged: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const add = (name: string) => {
    names.push(name);
    for (const listener of listeners) listener();
  };
  return { contributed, add, listeners };
}

function agentOf(tools: readonly string[], name = "default"): AgentDefinition {
  const { agents } = parseAgentsConfig({ ...plainConfig, agents: { [name]: { tools } } });
  return agents.get(name) as AgentDefinition;
}

test("an agent is given the tools that it names, or all of them, and is told of them in order of name", () => {
  const toolbox = new Toolbox(shelfOf("write", "list", "Read").contributed);
  const all = toolbox.toolsOf(agentOf(["*"]));
  expect(all.declarations).toEqual(
    ["Read", "list", "write"].map((name) => {
      return { name, description: `The tool ${name}.`, parameters: { type: "object" } };
    }),
  );
  const some = toolbox.toolsOf(agentOf(["write", "absent"], "scribe"));
  expect([[...some.tools.keys()], some.declarations.map(({ name }) => name)]).toEqual([["write"], ["write"]]);
  expect(toolbox.toolsOf(agentOf([], "talker")).tools.size).toBe(0);
});

test("the declarations keep their identity until a tool comes or goes, since a prompt cache matches bytes", () => {
  const shelf = shelfOf("write");
  const toolbox = new Toolbox(shelf.contributed);
  const stop = toolbox.startFollowing();
  const agent = agentOf(["*"]);
  const first = toolbox.toolsOf(agent);
  expect(toolbox.toolsOf(agent).declarations).toBe(first.declarations);
  shelf.add("list");
  expect(toolbox.toolsOf(agent).declarations.map(({ name }) => name)).toEqual(["list", "write"]);
  expect(first.declarations.map(({ name }) => name)).toEqual(["write"]);
  void stop();
  expect(shelf.listeners.size).toBe(0);
});
