import type { Contributions, Tool } from "@lathe/kernel";
import { expect, test } from "vitest";
import { plainConfig } from "../testing/stage.ts";
import { type AgentDefinition, parseAgentsConfig, withOverrides } from "./agent-definitions.ts";
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

test("a conversation narrows the tools of its agent, and neither widens them nor changes those of others", () => {
  const toolbox = new Toolbox(shelfOf("write", "list", "read").contributed);
  const namesOf = (agent: AgentDefinition): readonly string[] =>
    toolbox.toolsOf(agent).declarations.map(({ name }) => name);
  const agent = agentOf(["*"]);
  const narrow = (tools: readonly string[], of = agent) => withOverrides(of, { tools });
  expect(namesOf(agent)).toEqual(["list", "read", "write"]);
  expect(namesOf(narrow(["read", "absent", "*"]))).toEqual(["read"]);
  expect(namesOf(narrow([]))).toEqual([]);
  expect(namesOf(narrow(["write", "read"], agentOf(["read"])))).toEqual(["read"]);
  expect(namesOf({ ...agent, deniedTools: ["write"] })).toEqual(["list", "read"]);
  expect(namesOf(narrow(["write"], { ...agent, deniedTools: ["write"] }))).toEqual([]);
  expect(namesOf(agent)).toEqual(["list", "read", "write"]);
  expect(toolbox.toolsOf(narrow(["read"])).declarations).toBe(toolbox.toolsOf(narrow(["read"])).declarations);
});

test("thousands of different wishes for tools are not all kept", () => {
  const toolbox = new Toolbox(shelfOf("write").contributed);
  const wish = (at: number) => withOverrides(agentOf(["*"]), { tools: ["write", `absent${at}`] });
  const first = toolbox.toolsOf(wish(0));
  for (let at = 1; at < 2_000; at += 1) toolbox.toolsOf(wish(at));
  expect(toolbox.toolsOf(wish(0))).not.toBe(first);
  expect(toolbox.toolsOf(wish(0)).declarations).toEqual(first.declarations);
});
