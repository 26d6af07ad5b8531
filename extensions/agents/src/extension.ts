// Wires the turn service to the store, the providers, the tools and the API.
import {
  type Activate,
  Clock,
  ConversationsService,
  ExecBackends,
  Ids,
  Providers,
  StorageService,
  Timers,
  Tools,
  TurnsService,
} from "@lathe/kernel";
import { type AnyOperation, Operations } from "@lathe/wire";
import { parseAgentsConfig } from "./core/agent-definitions.ts";
import { modelsOperation, sendOperation, stopOperation, streamOperation } from "./core/operations.ts";
import { Recorder } from "./core/recorder.ts";
import { Toolbox } from "./core/toolbox.ts";
import { Transcripts } from "./core/transcripts.ts";
import { TurnService } from "./core/turn-service.ts";

export const activate: Activate = async (host, scope) => {
  const config = parseAgentsConfig(host.config);
  const conversations = host.use(ConversationsService);
  const providers = host.collect(Providers);
  const timers = host.power(Timers);
  const toolbox = new Toolbox(host.collect(Tools));
  scope.own(toolbox.startFollowing());
  const turns = new TurnService({
    config,
    conversations,
    recorder: new Recorder(conversations, host.use(StorageService)),
    transcripts: new Transcripts(conversations, config.transcriptCacheLengthMax),
    toolbox,
    providers,
    execBackends: host.collect(ExecBackends),
    clock: host.power(Clock),
    ids: host.power(Ids),
    timers,
    logger: host.logger,
  });
  const interruptedCount = await turns.recover();
  if (interruptedCount > 0)
    host.logger.log("warn", "Turns of an earlier daemon were interrupted.", { interruptedCount });
  scope.own(() => turns.drain(0));
  host.offer(TurnsService, turns);
  const operations: readonly AnyOperation[] = [
    sendOperation({ turns, conversations }),
    stopOperation({ turns, conversations }),
    streamOperation({ turns, conversations }),
    modelsOperation(config, providers, timers, host.logger),
  ];
  for (const operation of operations) host.contribute(Operations, operation.name, operation);
};
