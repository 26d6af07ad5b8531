import type { FoundExtension } from "@lathe/extension-host";
import { type Activate, type JsonObject, type Tool, Tools } from "@lathe/kernel";

/** A tool of whoever measures: an in-process function. */
export interface InProcessTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the input object. Default: any object. */
  readonly parameters?: object;
  /** Whether it is said to change something; it is not where absent. Such a call is announced on disk before it runs. */
  readonly changes?: boolean;
  /** Gets the parsed arguments. What is not a string is told to the model as JSON. */
  execute(input: unknown): unknown;
}

/** An extension that contributes the tools; safe to run beside each other. */
export function toolsExtension(tools: readonly InProcessTool[]): FoundExtension {
  const activate: Activate = (host) => {
    for (const tool of tools) host.contribute(Tools, tool.name, toolOf(tool));
  };
  const manifest = {
    id: "bench-tools",
    version: "0.1.0",
    kernel: "^0.1.0",
    description: "The tools of a measurement.",
    entry: "./bench-tools.ts",
    ...(tools.length === 0 ? {} : { contributes: { tools: tools.map(({ name }) => name) } }),
  };
  return {
    folder: "bench-tools",
    manifest: { kind: "text", text: JSON.stringify(manifest) },
    load: () => Promise.resolve({ activate }),
  };
}

function toolOf(tool: InProcessTool): Tool {
  const { changes = false } = tool;
  return {
    name: tool.name,
    description: tool.description ?? tool.name,
    parameters: (tool.parameters ?? { type: "object" }) as JsonObject,
    input: { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } },
    concurrencySafe: true,
    readOnly: !changes,
    idempotent: !changes,
    timeoutMs: 120_000,
    execute: async (input) => {
      const output = await tool.execute(input);
      return { content: typeof output === "string" ? output : JSON.stringify(output ?? null) };
    },
  };
}
