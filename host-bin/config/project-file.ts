// The project's lathe.json. A repository that somebody cloned must not decide where keys are sent, what runs, or what
// an agent that the user has restricted may do; so it may set a few fields only.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AgentDraft, ConfigFile } from "./schema.ts";

/** What a project may set. */
const allowed = ["$schema", "port", "model", "agents"] as const;

export interface ProjectPart {
  readonly config: Pick<ConfigFile, (typeof allowed)[number]>;
  /** One sentence for each setting that was not taken. */
  readonly warnings: readonly string[];
}

/**
 * The nearest lathe.json from `cwd` up to the root of its repository (the folder with `.git`); outside of a
 * repository only `cwd` is looked at. Undefined where there is none.
 */
export function findProjectFile(cwd: string): string | undefined {
  const folders = foldersUpToRepository(cwd);
  return folders.map((folder) => join(folder, "lathe.json")).find((path) => existsSync(path));
}

/** Takes what a project may set. An agent that the user's own file defines stays as it is there. */
export function takeProjectPart(path: string, file: ConfigFile, user: ConfigFile): ProjectPart {
  const warnings: string[] = [];
  for (const field of Object.keys(file)) {
    if (!(allowed as readonly string[]).includes(field))
      warnings.push(
        `${path} sets ${field}, which a project may not set; it was ignored. Set it in your own lathe.json if you want it.`,
      );
  }
  const agents: Record<string, AgentDraft> = {};
  for (const [name, agent] of Object.entries(file.agents ?? {})) {
    if (!Object.hasOwn(user.agents ?? {}, name)) agents[name] = agent;
    else
      warnings.push(`${path} defines the agent ${name}, which your own lathe.json defines; yours was kept.`);
  }
  const { port, model } = file;
  const config = {
    agents,
    ...(port === undefined ? {} : { port }),
    ...(model === undefined ? {} : { model }),
  };
  return { config, warnings };
}

function foldersUpToRepository(cwd: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, ".git"))) return folders;
    if (dirname(folder) === folder) return [cwd];
  }
}
