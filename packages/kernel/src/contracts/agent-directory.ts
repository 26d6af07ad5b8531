import { type Token, token } from "../token.ts";
import type { ModelSettings } from "./provider.ts";

/** The agents that there are: those of the configuration, and those that folders define. */
export interface AgentDirectory {
  /**
   * What a turn of this agent would run with in a folder now. Throws TurnRefusedError (`unknown-agent`, `unknown-model`,
   * `no-model`); the message of the first lists those that there are.
   */
  resolve(request: AgentRequest): Promise<ResolvedAgent>;
  /** Those that can be named in a folder, in order of name. */
  list(cwd: string): Promise<readonly AgentSummary[]>;
}

export interface AgentRequest {
  readonly agent: string;
  /** Absolute path of the folder that it works in. */
  readonly cwd: string;
  /** `provider/model` or an alias of the configuration; null = the agent's own choice. */
  readonly model: string | null;
  readonly overrides: AgentOverrides | null;
}

/** What one conversation changes of its agent's definition. */
export interface AgentOverrides {
  /** Names of the only tools that it has, of those that the agent has. */
  readonly tools?: readonly string[];
  readonly effort?: NonNullable<ModelSettings["effort"]>;
}

export interface ResolvedAgent {
  readonly name: string;
  /** `provider/model` that is asked first. */
  readonly model: string;
  /** Names of its tools, sorted. */
  readonly tools: readonly string[];
  /** Nothing that it can call changes anything that outlives the call. */
  readonly readOnly: boolean;
  /** SHA-256, hexadecimal, of what decides how it answers: prompt, tools with their declarations, settings. Not of the model. */
  readonly hash: string;
}

export interface AgentSummary {
  readonly name: string;
  readonly description: string | null;
  /** Where it is defined. A path is absolute. */
  readonly source: { readonly kind: "configuration" } | { readonly kind: "file"; readonly path: string };
  /** Why it cannot be used; null = it can. */
  readonly error: string | null;
}

export const AgentDirectoryService: Token<AgentDirectory> = token<AgentDirectory>("agent-directory");
