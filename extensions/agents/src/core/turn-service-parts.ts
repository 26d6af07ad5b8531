import type {
  ClockPower,
  Contributions,
  Conversations,
  ExecBackend,
  FailpointsPower,
  IdsPower,
  Logger,
  ModelPrices,
  Provider,
  Redactor,
  Snapshots,
  TimersPower,
  TurnBudgets,
} from "@lathe/kernel";
import type { AgentsConfig } from "./agent-definitions.ts";
import type { KnownAgents } from "./known-agents.ts";
import type { Recorder } from "./recorder.ts";
import type { StopRequests } from "./stop-requests.ts";
import type { Toolbox } from "./toolbox.ts";
import type { Transcripts } from "./transcripts.ts";

/** What admitting and driving turns is made of. */
export interface TurnServiceParts {
  readonly config: AgentsConfig;
  readonly agents: KnownAgents;
  readonly conversations: Conversations;
  readonly recorder: Recorder;
  readonly snapshots: Snapshots;
  readonly stopRequests: StopRequests;
  readonly transcripts: Transcripts;
  readonly toolbox: Toolbox;
  readonly providers: Contributions<Provider>;
  readonly execBackends: Contributions<ExecBackend>;
  readonly prices: ModelPrices;
  /** Who says what the runs of their work may use. */
  readonly budgets: Contributions<TurnBudgets>;
  readonly clock: ClockPower;
  readonly ids: IdsPower;
  readonly timers: TimersPower;
  readonly logger: Logger;
  /** Undefined where nothing is a secret. */
  readonly redactor: Redactor | undefined;
  readonly failpoint: FailpointsPower;
}
