// The agents that there are, for others who run turns.
import { createHash } from "node:crypto";
import type {
  AgentDirectory,
  AgentRequest,
  AgentSummary,
  Contributions,
  JsonValue,
  Provider,
  ResolvedAgent,
  ToolDeclaration,
} from "@lathe/kernel";
import type { AgentsConfig } from "./agent-definitions.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { KnownAgent, KnownAgents } from "./known-agents.ts";
import { chooseModels, modelNameOf } from "./models.ts";
import type { Toolbox } from "./toolbox.ts";

export interface DirectoryDesk {
  readonly config: AgentsConfig;
  readonly agents: KnownAgents;
  readonly toolbox: Toolbox;
  readonly providers: Contributions<Provider>;
}

export class OpenAgentDirectory implements AgentDirectory {
  readonly #desk: DirectoryDesk;
  /** Many agents are told of the same tools. */
  readonly #declarationHashes = new WeakMap<readonly ToolDeclaration[], string>();

  constructor(desk: DirectoryDesk) {
    this.#desk = desk;
  }

  async resolve(request: AgentRequest): Promise<ResolvedAgent> {
    const { config, agents, toolbox, providers } = this.#desk;
    const agent = await agents.find(request);
    const wishes = { message: undefined, conversation: request.model };
    const [first] = chooseModels(wishes, agent, config, providers);
    const { tools, declarations } = toolbox.toolsOf(agent);
    const { prompt, settings } = agent;
    return {
      name: agent.name,
      model: modelNameOf(first),
      tools: declarations.map(({ name }) => name),
      readOnly: [...tools.values()].every(({ readOnly }) => readOnly),
      hash: sha256(canonicalJson({ prompt, settings: { ...settings }, tools: this.#hashOf(declarations) })),
    };
  }

  async list(cwd: string): Promise<readonly AgentSummary[]> {
    return (await this.#desk.agents.list(cwd)).agents.map(summaryOf);
  }

  #hashOf(declarations: readonly ToolDeclaration[]): string {
    const known = this.#declarationHashes.get(declarations);
    if (known !== undefined) return known;
    const hash = sha256(canonicalJson(declarations as unknown as JsonValue));
    this.#declarationHashes.set(declarations, hash);
    return hash;
  }
}

export function summaryOf({ name, source, agent }: KnownAgent): AgentSummary {
  return typeof agent === "string"
    ? { name, source, description: null, error: agent }
    : { name, source, description: agent.description, error: null };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
