import type {
  CacheMissReason,
  ModelName,
  PreparedChanges,
  ResolvedAgent,
  WorkflowEvent,
} from "@lathe/kernel";
import type { AnswerSchema } from "@lathe/structured-output";
import type { GuestCall } from "@lathe/workflow-sandbox";
import type { CallWords } from "../cache/identity.ts";
import type { Site } from "../cache/step-cache.ts";
import type { JournalCall } from "../run/journal.ts";
import type { StoredRun } from "../run/stored-run.ts";
import type { Team } from "../run/team.ts";
import type { AgentOptions } from "./agent-options.ts";

/** One agent() of a script, as it was asked. */
export interface AgentCallPlan {
  readonly run: StoredRun;
  readonly team: Team;
  readonly call: Extract<GuestCall, { kind: "agent" }>;
  readonly options: AgentOptions;
  readonly words: CallWords;
  readonly wordsKey: string;
  /** How many calls of the same words came before this one in the run. */
  readonly occurrence: number;
  /** Names the place of the call within its workflow, whatever it says there. */
  readonly site: string;
  readonly label: string;
  readonly phase: string | null;
  /** What the journal holds of it where it was begun before. */
  readonly known: JournalCall | undefined;
  /** As in `JournalCall`. */
  readonly askedAtMs: number;
  readonly signal: AbortSignal;
  /** Makes events, the journal's row and what others have prepared durable in one commit. */
  readonly note: (
    call: JournalCall,
    events: readonly WorkflowEvent[],
    joined?: readonly PreparedChanges[],
  ) => Promise<void>;
}

/** What is known of a call before its agent begins. */
export interface AgentAsked {
  readonly agent: ResolvedAgent;
  readonly key: string;
  readonly parts: Site;
  /** Why no answer of another run is taken. */
  readonly reason: CacheMissReason;
  readonly prompt: string;
  readonly schema: AnswerSchema | undefined;
}

export function modelNameOf({ model }: ResolvedAgent): ModelName {
  const slash = model.indexOf("/");
  return { provider: model.slice(0, slash), model: model.slice(slash + 1) };
}
