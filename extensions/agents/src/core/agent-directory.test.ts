import { basename } from "node:path";
import type { Provider, Tool } from "@lathe/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contributionsOf, noAgentFiles, plainConfig } from "../testing/stage.ts";
import { parseAgentsConfig } from "./agent-definitions.ts";
import { OpenAgentDirectory } from "./agent-directory.ts";
import { parseAgentFile } from "./agent-file.ts";
import type { AgentFiles } from "./agent-files.ts";
import { agentsOperation } from "./agents-operation.ts";
import { canonicalJson } from "./canonical-json.ts";
import { KnownAgents } from "./known-agents.ts";
import { Toolbox } from "./toolbox.ts";

const provider: Provider = { id: "test", models: async () => [], stream: () => ({}) as never };

function toolOf(name: string, traits: Partial<Tool> = {}): Tool {
  return {
    name,
    description: `The tool ${name}.`,
    parameters: { type: "object", properties: {} },
    input: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
    concurrencySafe: true,
    readOnly: true,
    idempotent: true,
    timeoutMs: 0,
    execute: async () => ({ content: "" }),
    ...traits,
  };
}

const shelf = { read: toolOf("read"), list: toolOf("list"), write: toolOf("write", { readOnly: false }) };

function filesOf(texts: Readonly<Record<string, string>>): AgentFiles {
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    reading: parseAgentFile(text, basename(path, ".md")),
  }));
  return { read: async () => ({ files, failures: [{ path: "/odd/.lathe/agents", message: "It is odd." }] }) };
}

const refused: AgentFiles = {
  read: () => Promise.reject(new Error("The disk was touched.")),
};

function open(
  files: AgentFiles = noAgentFiles,
  parts: object = {},
  tools: Readonly<Record<string, Tool>> = shelf,
) {
  const config = parseAgentsConfig({ ...plainConfig, ...parts });
  const toolbox = new Toolbox(contributionsOf(tools));
  const agents = new KnownAgents(config, files);
  const directory = new OpenAgentDirectory({
    config,
    agents,
    toolbox,
    providers: contributionsOf({ test: provider }),
  });
  return { directory, agents, toolbox };
}

const request = { agent: "default", cwd: "/project", model: null, overrides: null };

describe("resolving an agent", () => {
  test("says what a turn of it would run with, and does not touch the disk where the configuration has it", async () => {
    const { directory } = open(refused, { modelAliases: { haiku: "test/small" } });
    const resolved = await directory.resolve({ ...request, model: "haiku" });
    expect(resolved).toEqual({
      name: "default",
      model: "test/small",
      tools: ["list", "read", "write"],
      readOnly: false,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const narrowed = await directory.resolve({ ...request, overrides: { tools: ["read", "list"] } });
    expect(narrowed).toMatchObject({ tools: ["list", "read"], readOnly: true, model: "test/model" });
  });

  test("takes the configuration's before a file's, and says what a broken file and an unknown name are", async () => {
    const files = filesOf({
      "/p/default.md": "---\nname: default\n---\nI would rather be somebody else.",
      "/p/scout.md": "---\nname: scout\ntools: read\nmodel: sonnet\n---\nLook.",
      "/p/bad.md": "Nothing.",
    });
    const { directory, agents } = open(files);
    expect((await agents.find(request)).prompt).toMatch(/^You are an agent/);
    expect(await directory.resolve({ ...request, agent: "scout" })).toMatchObject({
      name: "scout",
      model: "test/model",
      tools: ["read"],
      readOnly: true,
    });
    await expect(directory.resolve({ ...request, agent: "bad" })).rejects.toMatchObject({
      code: "unknown-agent",
      message: expect.stringMatching(
        /"bad" cannot be used, since \/p\/bad\.md is broken\. It does not begin/,
      ),
    });
    const names = "Agents that there are: bad, default, scout. /odd/.lathe/agents was not read: It is odd.";
    await expect(directory.resolve({ ...request, agent: "scoot" })).rejects.toMatchObject({
      code: "unknown-agent",
      message: `There is no agent named "scoot". ${names}`,
    });
    await expect(directory.resolve({ ...request, model: "gpt" })).rejects.toMatchObject({
      code: "unknown-model",
    });
  });

  test.each(["toString", "__proto__", "constructor"])("finds no agent that is named %s", async (agent) => {
    await expect(open().directory.resolve({ ...request, agent })).rejects.toMatchObject({
      code: "unknown-agent",
    });
  });
});

describe("the hash of an agent", () => {
  const hashOf = async (parts: object = {}, more: object = {}, tools = shelf): Promise<string> =>
    (await open(noAgentFiles, parts, tools).directory.resolve({ ...request, ...more })).hash;

  test("is the same in another process", async () => {
    expect(await hashOf()).toBe(await hashOf());
    const settings = { effort: "low", temperature: 1 };
    const turned = { temperature: 1, effort: "low" };
    expect(await hashOf({ agents: { default: { settings } } })).toBe(
      await hashOf({ agents: { default: { settings: turned } } }),
    );
    const parameters = { properties: {}, type: "object" };
    expect(await hashOf({}, {}, { ...shelf, read: toolOf("read", { parameters }) })).toBe(await hashOf());
  });

  test("is another where the prompt, a setting, a tool or its declaration is, and the same with another model", async () => {
    const hashes = [
      await hashOf(),
      await hashOf({ agents: { default: { prompt: "Be brief." } } }),
      await hashOf({ agents: { default: { settings: { topP: 0.5 } } } }),
      await hashOf({}, { overrides: { effort: "max" } }),
      await hashOf({}, { overrides: { tools: ["read"] } }),
      await hashOf({}, {}, { ...shelf, read: toolOf("read", { description: "Another." }) }),
      await hashOf({}, {}, { ...shelf, read: toolOf("read", { parameters: { type: "object" } }) }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(await hashOf({}, { model: "test/other" })).toBe(hashes[0]);
  });

  test("is made of a text that is one for each value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as never);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(JSON.parse(text)) as never)).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

describe("the list of agents", () => {
  const files = filesOf({
    "/p/scout.md": "---\nname: scout\ndescription: Finds token abc.\ntools: read, WebFetch\n---\nLook.",
    "/p/idle.md": "---\nname: idle\ntools: []\nmodel: opus\n---\nSit.",
    "/p/bad.md": "Nothing.",
  });
  const configuration = { kind: "configuration" };

  test("is in order of name, with where each is defined and why it cannot be used", async () => {
    const { directory } = open(files, { agents: { zoe: { description: "The last." } } });
    expect(await directory.list("/project")).toEqual([
      {
        name: "bad",
        description: null,
        source: { kind: "file", path: "/p/bad.md" },
        error: expect.any(String),
      },
      { name: "default", description: null, source: configuration, error: null },
      { name: "idle", description: null, source: { kind: "file", path: "/p/idle.md" }, error: null },
      {
        name: "scout",
        description: "Finds token abc.",
        source: { kind: "file", path: "/p/scout.md" },
        error: null,
      },
      { name: "zoe", description: "The last.", source: configuration, error: null },
    ]);
  });

  test("shows over the API what each can call, what is odd about it, and no secret", async () => {
    const { agents, toolbox } = open(files);
    const redactor = { text: (text: string) => text.replace("abc", "[redacted]") } as never;
    const operation = agentsOperation({ agents, toolbox, redactor, defaultCwd: null });
    const { items, failures } = (await operation.run({}, {} as never)) as {
      items: object[];
      failures: object[];
    };
    expect(items).toMatchObject([
      { name: "bad", tools: [], model: null, warnings: [] },
      { name: "default", tools: ["list", "read", "write"], model: null, warnings: [] },
      { name: "idle", tools: [], model: "opus", warnings: ["Its list of tools is empty, so it has none."] },
      {
        name: "scout",
        description: "Finds token [redacted].",
        tools: ["read"],
        warnings: ['There is no tool named "WebFetch".'],
      },
    ]);
    expect(failures).toEqual([{ path: "/odd/.lathe/agents", message: "It is odd." }]);
  });
});
