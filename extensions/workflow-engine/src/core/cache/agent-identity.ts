// What makes one agent() call the same as another one: its key, and the parts of which the key is made.
import type { ResolvedAgent } from "@lathe/kernel";
import type { AnswerSchema } from "@lathe/structured-output";
import type { StoredRun } from "../run/stored-run.ts";
import type { FolderStates } from "./folder-states.ts";
import { answerKey, type CallWords, sha256 } from "./identity.ts";
import type { Site } from "./step-cache.ts";

export interface AgentQuestion {
  readonly run: StoredRun;
  readonly words: CallWords;
  /** How many calls of the same words came before this one in the run. */
  readonly occurrence: number;
  readonly schema: AnswerSchema | undefined;
  /** It works in a folder of its own. */
  readonly inWorktree: boolean;
}

export interface AgentIdentity {
  readonly key: string;
  readonly parts: Site;
}

export async function identityOf(
  question: AgentQuestion,
  agent: ResolvedAgent,
  folders: Pick<FolderStates, "of">,
): Promise<AgentIdentity> {
  const { run, words, occurrence, schema } = question;
  const { name, hash, model } = agent;
  const files = await filesOf(question, agent, folders);
  const setting = { owner: run.owner, cwd: run.cwd, agent: name, agentHash: hash, model, files };
  const { schema: _schema, model: _model, ...rest } = words.options;
  const parts = {
    prompt: sha256(words.prompt),
    model,
    agent: hash,
    schema: schema === undefined ? "" : sha256(schema.canonical),
    options: sha256(rest),
    files,
  };
  return { key: answerKey(words, setting, occurrence), parts };
}

/** Empty for one that may change files: it would never be the same again, and whoever takes its answer says so. */
export async function filesOf(
  { run, inWorktree }: Pick<AgentQuestion, "run" | "inWorktree">,
  { readOnly, tools }: ResolvedAgent,
  folders: Pick<FolderStates, "of">,
): Promise<string> {
  return readOnly && tools.length > 0 && !inWorktree ? folders.of(run.cwd) : "";
}
