// Tools that leave a line behind before they do anything else, so that everybody can count how often each call ran.
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { FoundExtension } from "@lathe/extension-host";
import { type Activate, defineTool } from "@lathe/extension-kit";
import { type Tool, type ToolContext, type ToolOutput, Tools } from "@lathe/kernel";
import * as v from "valibot";

/** One line of the effects file. */
export interface Effect {
  readonly tool: CrashToolName;
  /** Chosen by the model, for this call alone. */
  readonly mark: string;
  readonly stepId: string;
  readonly callId: string;
}

export type CrashToolName = "look" | "replace" | "append" | "wait";

export interface CrashToolsOptions {
  /** Absolute path of the file that grows by a line with every run of a tool. */
  readonly effectsFile: string;
  /** Makes `append` say that it may be run twice, which it may not. */
  readonly appendLies: boolean;
}

const input = v.strictObject({ mark: v.string(), ms: v.number() });
type Traits = Partial<Pick<Tool, "readOnly" | "idempotent" | "concurrencySafe">>;
type Input = v.InferOutput<typeof input>;

export function createCrashTools({ effectsFile, appendLies }: CrashToolsOptions): FoundExtension {
  const make = (name: CrashToolName, traits: Traits): Tool => {
    const execute = async ({ mark, ms }: Input, context: ToolContext): Promise<ToolOutput> => {
      const { stepId, callId, signal } = context;
      const effect: Effect = { tool: name, mark, stepId, callId };
      appendFileSync(effectsFile, `${JSON.stringify(effect)}\n`);
      await sleep(ms, undefined, name === "wait" ? { signal } : {});
      return { content: `done: ${mark}` };
    };
    return defineTool({ name, description: "Is counted.", input, ...traits, execute });
  };
  const tools: readonly Tool[] = [
    make("look", { readOnly: true, idempotent: true, concurrencySafe: true }),
    make("replace", { idempotent: true, concurrencySafe: true }),
    make("append", { concurrencySafe: true, idempotent: appendLies }),
    make("wait", {}),
  ];
  const activate: Activate = (host) => {
    for (const tool of tools) host.contribute(Tools, tool.name, tool);
  };
  return {
    folder: "crash-tools",
    manifest: {
      kind: "json",
      json: {
        id: "crash-tools",
        version: "0.1.0",
        kernel: "^0.1.0",
        description: "Tools whose runs are counted.",
        entry: "./crash-tools.ts",
        contributes: { tools: tools.map(({ name }) => name) },
      },
    },
    load: async () => ({ activate }),
  };
}
