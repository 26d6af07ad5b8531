// What can be asked of the agents that there are.
import type { AgentSummary } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, declareOperation } from "../operation.ts";
import { listOf } from "../schemas/values.ts";
import { AbsolutePathSchema } from "./inputs.ts";

export interface AgentList {
  /** In order of name. */
  readonly items: readonly ListedAgent[];
  /** Folders whose files are not used, and why. */
  readonly failures: readonly { readonly path: string; readonly message: string }[];
}

export interface ListedAgent extends AgentSummary {
  /** `provider/model` or an alias; null = the default model. */
  readonly model: string | null;
  /** Names of the tools that it can call now, sorted. */
  readonly tools: readonly string[];
  /** What is odd about its definition; it can be used all the same. */
  readonly warnings: readonly string[];
}

export const agentsList: Declared<{ readonly cwd?: string | undefined }, AgentList> = declareOperation({
  name: "agents.list",
  summary:
    "Lists the agents that can be named in a folder: those of the configuration, and those that files define.",
  scope: "read",
  rest: { method: "GET", path: "/api/agents", status: 200 },
  input: v.strictObject({ cwd: v.optional(AbsolutePathSchema) }),
  output: v.object({
    items: listOf(
      v.object({
        name: v.string(),
        description: v.nullable(v.string()),
        source: v.variant("kind", [
          v.object({ kind: v.literal("configuration") }),
          v.object({ kind: v.literal("file"), path: v.string() }),
        ]),
        error: v.nullable(v.string()),
        model: v.nullable(v.string()),
        tools: listOf(v.string()),
        warnings: listOf(v.string()),
      }),
    ),
    failures: listOf(v.object({ path: v.string(), message: v.string() })),
  }),
  problems: [],
});
