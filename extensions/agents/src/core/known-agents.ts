// Who can be named: the agents of the configuration, and behind them those that files define.
//
// Invariant
//   N1  A name that the configuration defines is never looked for on the disk.
import { type AgentOverrides, type AgentSummary, TurnRefusedError } from "@lathe/kernel";
import { type AgentDefinition, type AgentsConfig, defineAgent, withOverrides } from "./agent-definitions.ts";
import { type AgentFiles, type FoundFile, type FoundFiles, nearestByName } from "./agent-files.ts";

/** Which agent is meant, and from where. */
export interface AgentWish {
  readonly agent: string;
  /** Absolute path. */
  readonly cwd: string;
  readonly overrides: AgentOverrides | null;
}

export interface KnownAgent {
  readonly name: string;
  readonly source: AgentSummary["source"];
  /** Why it cannot be used, where it is a text. */
  readonly agent: AgentDefinition | string;
}

const namedCountMax = 50;

export class KnownAgents {
  readonly #config: AgentsConfig;
  readonly #files: AgentFiles;

  constructor(config: AgentsConfig, files: AgentFiles) {
    this.#config = config;
    this.#files = files;
  }

  /** What a turn runs with. Throws TurnRefusedError `unknown-agent`. */
  async find({ agent: name, cwd, overrides }: AgentWish): Promise<AgentDefinition> {
    const configured = this.#config.agents.get(name);
    if (configured !== undefined) return withOverrides(configured, overrides);
    const found = await this.#files.read(cwd);
    const file = nearestByName(found.files).get(name);
    if (file === undefined) throw this.#unknown(name, found);
    const { agent } = this.#defined(file);
    if (typeof agent === "string")
      throw refusal(
        `The agent ${JSON.stringify(name)} cannot be used, since ${file.path} is broken. ${agent}`,
      );
    return withOverrides(agent, overrides);
  }

  /** In order of name. */
  async list(cwd: string | null): Promise<{
    readonly agents: readonly KnownAgent[];
    readonly failures: FoundFiles["failures"];
  }> {
    const { files, failures } = await this.#files.read(cwd);
    const agents = new Map<string, KnownAgent>();
    for (const [name, file] of nearestByName(files)) agents.set(name, this.#defined(file));
    for (const [name, agent] of this.#config.agents)
      agents.set(name, { name, source: { kind: "configuration" }, agent });
    return { agents: [...agents.values()].sort(byName), failures };
  }

  #defined({ path, reading }: FoundFile): KnownAgent {
    const { name } = reading;
    const agent =
      reading.kind === "broken" ? reading.message : defineAgent(name, reading.draft, this.#config.limits);
    return { name, source: { kind: "file", path }, agent };
  }

  #unknown(wished: string, { files, failures }: FoundFiles): TurnRefusedError {
    const names = [...new Set([...this.#config.agents.keys(), ...nearestByName(files).keys()])].sort();
    const more = names.length > namedCountMax ? ` and ${names.length - namedCountMax} more` : "";
    const known = `Agents that there are: ${names.slice(0, namedCountMax).join(", ")}${more}.`;
    const unread = failures.map(({ path, message }) => ` ${path} was not read: ${message}`).join("");
    return refusal(`There is no agent named ${JSON.stringify(wished)}. ${known}${unread}`);
  }
}

function refusal(message: string): TurnRefusedError {
  return new TurnRefusedError("unknown-agent", message);
}

function byName({ name: left }: KnownAgent, { name: right }: KnownAgent): number {
  return left < right ? -1 : 1;
}
