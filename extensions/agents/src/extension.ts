// Wires the turn service to the store, the providers, the tools and the API.
import { isAbsolute } from "node:path";
import {
  type Activate,
  AgentDirectoryService,
  Clock,
  ConversationsService,
  Environment,
  ExecBackends,
  Failpoints,
  Ids,
  ModelPricesService,
  Providers,
  RedactionService,
  RunKinds,
  RunsService,
  SnapshotsService,
  StorageService,
  Timers,
  Tools,
  TurnBudgetsPoint,
  TurnsService,
} from "@lathe/kernel";
import { type AnyOperation, Operations } from "@lathe/wire";
import { defaultAgentName, parseAgentsConfig } from "./core/agent-definitions.ts";
import { OpenAgentDirectory } from "./core/agent-directory.ts";
import { agentsOperation } from "./core/agents-operation.ts";
import { KnownAgents } from "./core/known-agents.ts";
import { createModelPrices } from "./core/known-prices.ts";
import {
  modelsOperation,
  restoreOperation,
  sendOperation,
  stopOperation,
  streamOperation,
} from "./core/operations.ts";
import { Recorder } from "./core/recorder.ts";
import { StopRequests } from "./core/stop-requests.ts";
import { Toolbox } from "./core/toolbox.ts";
import { Transcripts } from "./core/transcripts.ts";
import { TurnRuns } from "./core/turn-runs.ts";
import { TurnService } from "./core/turn-service.ts";
import { DiskAgentFiles } from "./edge/disk-agent-files.ts";

export const activate: Activate = async (host, scope) => {
  const config = parseAgentsConfig(host.config);
  const conversations = host.use(ConversationsService);
  const providers = host.collect(Providers);
  const timers = host.power(Timers);
  const snapshots = host.use(SnapshotsService);
  const failpoint = host.power(Failpoints);
  const prices = createModelPrices(config.prices);
  host.offer(ModelPricesService, prices);
  const toolbox = new Toolbox(host.collect(Tools));
  scope.own(toolbox.startFollowing());
  const home = host.power(Environment).get("HOME");
  const agents = new KnownAgents(config, new DiskAgentFiles(home && isAbsolute(home) ? home : undefined));
  const turns = new TurnService({
    config,
    agents,
    conversations,
    recorder: new Recorder({
      conversations,
      storage: host.use(StorageService),
      snapshots,
      runs: host.find(RunsService),
      prices,
      failpoint,
    }),
    snapshots,
    stopRequests: new StopRequests({
      runs: host.find(RunsService),
      storage: host.use(StorageService),
      failpoint,
    }),
    transcripts: new Transcripts(conversations, config.transcriptCacheLengthMax),
    toolbox,
    providers,
    execBackends: host.collect(ExecBackends),
    budgets: host.collect(TurnBudgetsPoint),
    prices,
    clock: host.power(Clock),
    ids: host.power(Ids),
    timers,
    logger: host.logger,
    redactor: host.find(RedactionService),
    failpoint,
  });
  const { continuedCount, sealedCount } = await turns.recover();
  if (continuedCount + sealedCount > 0)
    host.logger.log("warn", "Turns of an earlier daemon were cut off.", { continuedCount, sealedCount });
  // Not before: their tools and their models may be contributed by extensions that start later.
  host.onStarted(() => void turns.continueAll());
  scope.own(() => turns.drain(0));
  scope.own(conversations.onErased((conversationId) => turns.forget(conversationId)));
  host.offer(TurnsService, turns);
  const directory = new OpenAgentDirectory({ config, agents, toolbox, providers });
  host.offer(AgentDirectoryService, directory);
  const defaultCwd = config.runCwd;
  const runs = new TurnRuns({ turns, conversations, defaultAgent: defaultAgentName, defaultCwd });
  host.contribute(RunKinds, "turn", runs);
  const operations: readonly AnyOperation[] = [
    sendOperation({ turns, conversations }),
    stopOperation({ turns, conversations }),
    restoreOperation({ turns, conversations }),
    streamOperation({ turns, conversations }),
    modelsOperation(config, providers, timers),
    agentsOperation({ agents, toolbox, redactor: host.find(RedactionService), defaultCwd }),
  ];
  for (const operation of operations) host.contribute(Operations, operation.name, operation);
};
