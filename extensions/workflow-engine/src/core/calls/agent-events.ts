// What the log says of one agent() call.
import type { AgentFinish, AgentStart, CacheHit, CacheMiss, CacheMissReason } from "@lathe/kernel";
import type { JournalCall } from "../run/journal.ts";

/** Which call it is, and what it is shown as. */
export interface AboutCall {
  readonly runId: string;
  readonly callIndex: number;
  readonly label: string;
  readonly phase: string | null;
}

const shownPromptLength = 2_000;

/** @param agent `model` null = it is not asked */
export function startEvent(
  about: AboutCall,
  prompt: string,
  agent: { readonly name: string; readonly model: string | null },
  { childRunId, conversationId }: Pick<JournalCall, "childRunId" | "conversationId">,
): AgentStart {
  const shown = prompt.slice(0, shownPromptLength).toWellFormed();
  const { name, model } = agent;
  return { type: "agent-start", ...about, prompt: shown, agent: name, model, childRunId, conversationId };
}

export function finishEvent(
  about: AboutCall,
  how: Pick<AgentFinish, "outcome" | "usage" | "durationMs" | "triesAgain"> & {
    readonly error: AgentFinish["error"] | undefined;
  },
  { childRunId, conversationId }: Pick<JournalCall, "childRunId" | "conversationId">,
): AgentFinish {
  const { error, ...rest } = how;
  const why = error === undefined ? {} : { error };
  return { type: "agent-finish", ...about, ...why, ...rest, childRunId, conversationId };
}

export function missEvent(about: AboutCall, key: string, reason: CacheMissReason): CacheMiss {
  return { type: "cache-miss", ...about, key, reason };
}

export function hitEvent(
  about: AboutCall,
  key: string,
  reason: CacheHit["reason"],
  fromRunId: string,
): CacheHit {
  return { type: "cache-hit", ...about, key, reason, fromRunId };
}
