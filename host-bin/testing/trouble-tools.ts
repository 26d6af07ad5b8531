// Tools that break every promise that a tool makes, as an extension beside the built-in ones.
import type { FoundExtension } from "@lathe/extension-host";
import { type Activate, defineTool } from "@lathe/extension-kit";
import { type Tool, type ToolOutput, Tools } from "@lathe/kernel";
import * as v from "valibot";

const never = (): Promise<ToolOutput> => new Promise(() => undefined);
const nothing = v.strictObject({});
const description = "Causes trouble.";

const tools: readonly Tool[] = [
  defineTool({
    name: "throw_error",
    description,
    input: nothing,
    execute: async () => {
      throw new Error("The tool is broken.");
    },
  }),
  defineTool({
    name: "throw_nonsense",
    description,
    input: nothing,
    execute: () => Promise.reject(Object.create(null)),
  }),
  defineTool({
    name: "return_nothing",
    description,
    input: nothing,
    execute: async () => undefined as unknown as ToolOutput,
  }),
  defineTool({ name: "never_settle_briefly", description, input: nothing, timeoutMs: 100, execute: never }),
  defineTool({ name: "never_settle", description, input: nothing, timeoutMs: 0, execute: never }),
  defineTool({
    name: "never_settle_reading",
    description,
    input: nothing,
    timeoutMs: 0,
    readOnly: true,
    concurrencySafe: true,
    execute: never,
  }),
  defineTool({
    name: "say_much",
    description,
    input: v.strictObject({ length: v.number() }),
    execute: async ({ length }) => ({ content: "much ".repeat(length / 5) }),
  }),
];

const activate: Activate = (host) => {
  for (const tool of tools) host.contribute(Tools, tool.name, tool);
};

export const troubleTools: FoundExtension = {
  folder: "trouble-tools",
  manifest: {
    kind: "json",
    json: {
      id: "trouble-tools",
      version: "0.1.0",
      kernel: "^0.1.0",
      description,
      entry: "./trouble-tools.ts",
      contributes: { tools: tools.map(({ name }) => name) },
    },
  },
  load: async () => ({ activate }),
};
