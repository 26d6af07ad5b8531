import type {
  AgentDirectory,
  ClockPower,
  Conversations,
  FailpointsPower,
  Logger,
  ModelPrices,
  Runs,
  Storage,
  TimersPower,
} from "@lathe/kernel";
import type { GuestPool } from "@lathe/workflow-sandbox";
import type { FolderStates } from "../cache/folder-states.ts";
import type { StepCache } from "../cache/step-cache.ts";
import type { AgentTaskDesk } from "../calls/agent-task.ts";
import type { Worktrees } from "../calls/worktrees.ts";
import type { EngineConfig } from "../config.ts";
import type { RunRedactor } from "../run-redactor.ts";
import type { ProviderGates } from "../schedule/provider-gates.ts";
import type { Slots } from "../schedule/slots.ts";
import type { NestedRequest, NestedRun } from "./nested.ts";

/** What the execution of a workflow may call. */
export interface ExecutionDesk extends AgentTaskDesk {
  readonly config: EngineConfig;
  readonly storage: Storage;
  readonly clock: ClockPower;
  readonly timers: TimersPower;
  readonly logger: Logger;
  readonly redactor: RunRedactor;
  readonly conversations: Pick<Conversations, "get" | "prepare" | "delete">;
  readonly runs: Runs;
  readonly directory: AgentDirectory;
  readonly prices: ModelPrices;
  readonly pool: GuestPool;
  readonly cache: StepCache;
  readonly folders: Pick<FolderStates, "of">;
  readonly worktrees: Worktrees;
  /** Places for the agents of all runs. */
  readonly slots: Slots;
  readonly gates: ProviderGates;
  readonly failpoint: FailpointsPower;
  /** Begins a workflow within another one, or goes on with it. Throws CallFailure. */
  nested(request: NestedRequest): Promise<NestedRun>;
  /** Stops a workflow by the id of its run; settles when it has. */
  stopNested(runId: string): Promise<void>;
}
