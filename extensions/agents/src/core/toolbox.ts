// What an agent may call, and what the model is told of it.
import type { Contributions, Release, Tool, ToolDeclaration } from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import type { AgentDefinition } from "./agent-definitions.ts";

type ToolWishes = Pick<AgentDefinition, "tools" | "deniedTools" | "onlyTools">;

export interface Toolset {
  readonly tools: ReadonlyMap<string, Tool>;
  /** Sorted by name; the same array while it is in use, since a changed order would miss the prompt cache. */
  readonly declarations: readonly ToolDeclaration[];
}

const setCountMax = 256;

export class Toolbox {
  readonly #contributed: Contributions<Tool>;
  /** By what decides which tools are in it: agents, and conversations, that may call the same share one. */
  readonly #sets = new LRUCache<string, Toolset>({ max: setCountMax });

  constructor(contributed: Contributions<Tool>) {
    this.#contributed = contributed;
  }

  /** Forgets what was made of tools that have changed. Returns how to stop. */
  startFollowing(): Release {
    return this.#contributed.onChanged(() => this.#sets.clear());
  }

  /** Those of the names that no tool has. */
  unknownOf(names: readonly string[]): readonly string[] {
    return names.filter((name) => name !== "*" && this.#contributed.get(name) === undefined);
  }

  toolsOf({ tools: names, deniedTools, onlyTools }: ToolWishes): Toolset {
    const key = JSON.stringify([names, deniedTools, onlyTools]);
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const [allowed, denied] = [new Set(names), new Set(deniedTools)];
    const only = onlyTools === null ? undefined : new Set(onlyTools);
    const tools = new Map<string, Tool>();
    for (const { name, item } of this.#contributed.all()) {
      if (denied.has(name) || only?.has(name) === false) continue;
      if (allowed.has("*") || allowed.has(name)) tools.set(name, item);
    }
    const declarations = [...tools.values()]
      .map(({ name, description, parameters }) => ({ name, description, parameters }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    const set = { tools, declarations };
    this.#sets.set(key, set);
    return set;
  }
}
