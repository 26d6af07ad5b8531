// Contributes the sink that keeps traces in the store, and the operations that read them.
import { setImmediate } from "node:timers/promises";
import {
  type Activate,
  Clock,
  ConversationsService,
  LogSinks,
  Prunables,
  RedactionService,
  StorageService,
  Timers,
} from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import { type TraceSettings, TraceStore } from "./core/trace-store.ts";

export const activate: Activate = async (host, scope) => {
  // The host has checked it against the manifest's schema and filled in the defaults.
  const settings = host.config as unknown as TraceSettings;
  const store = await TraceStore.open(settings, {
    storage: host.use(StorageService),
    redactor: host.find(RedactionService),
    conversations: host.find(ConversationsService),
    clock: host.power(Clock),
    timers: host.power(Timers),
    logger: host.logger,
    rest: () => setImmediate(),
  });
  scope.own(() => store.close());
  host.contribute(LogSinks, "traces", store.sink);
  host.contribute(Prunables, "traces", store);
  for (const operation of store.operations) host.contribute(Operations, operation.name, operation);
  scope.own(host.onStarted(() => store.startPruning()));
};
