// What an agent may call, and what the model is told of it.
import type { Contributions, Release, Tool, ToolDeclaration } from "@lathe/kernel";
import type { AgentDefinition } from "./agent-definitions.ts";

export interface Toolset {
  readonly tools: ReadonlyMap<string, Tool>;
  /** Sorted by name; the same array until a tool comes or goes, since a changed order would miss the prompt cache. */
  readonly declarations: readonly ToolDeclaration[];
}

export class Toolbox {
  readonly #contributed: Contributions<Tool>;
  readonly #sets = new Map<string, Toolset>();

  constructor(contributed: Contributions<Tool>) {
    this.#contributed = contributed;
  }

  /** Forgets what was made of tools that have changed. Returns how to stop. */
  startFollowing(): Release {
    return this.#contributed.onChanged(() => this.#sets.clear());
  }

  toolsOf(agent: AgentDefinition): Toolset {
    const known = this.#sets.get(agent.name);
    if (known !== undefined) return known;
    const allowed = new Set(agent.tools);
    const tools = new Map<string, Tool>();
    for (const { name, item } of this.#contributed.all()) {
      if (allowed.has("*") || allowed.has(name)) tools.set(name, item);
    }
    const declarations = [...tools.values()]
      .map(({ name, description, parameters }) => ({ name, description, parameters }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    const set = { tools, declarations };
    this.#sets.set(agent.name, set);
    return set;
  }
}
