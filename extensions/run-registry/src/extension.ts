// Wires the table of runs to the store, the kinds of runs and the API.
import { NamedRequests, startForgettingNames } from "@lathe/extension-kit";
import {
  type Activate,
  Clock,
  Ids,
  type Run,
  RunKinds,
  RunsService,
  StorageService,
  Timers,
} from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import { createRunFeed, startWatchingRuns } from "./core/changes.ts";
import { endAbandoned } from "./core/end-abandoned.ts";
import { runOperations } from "./core/operations.ts";
import { RecentRuns } from "./core/recent-runs.ts";
import { RunTable } from "./core/run-table.ts";
import { RunStarter } from "./core/start-run.ts";
import { Stopping } from "./core/stopping.ts";

interface Config {
  readonly idempotencyKeepMs: number;
  readonly pruneIntervalMs: number;
  readonly recentCountMax: number;
}

export const activate: Activate = (host, scope) => {
  // The host has checked it against the manifest's schema and filled in the defaults.
  const config = host.config as unknown as Config;
  const storage = host.use(StorageService);
  const clock = host.power(Clock);
  const timers = host.power(Timers);
  const { logger } = host;
  const kinds = host.collect(RunKinds);

  const recent = new RecentRuns(storage, config.recentCountMax);
  scope.own(recent.startFollowing());
  const feed = createRunFeed({ recent, timers, logger, shown: (run) => stopping.shown(run) });
  // Behind the memory tier, which forgets what has changed before it is read again.
  scope.own(startWatchingRuns(storage, feed));
  const onRemoved = ({ id, owner }: Run): void => feed.noteDeleted(id, owner);
  const onSpent = (runId: string): void => feed.noteChanged(runId);
  const table = new RunTable({ storage, clock, recent, onSpent, onRemoved });
  const stopping = new Stopping({ table, kinds, logger, onShownAnew: (id) => feed.noteChanged(id) });
  const requests = new NamedRequests<{ readonly runId: string }>(storage, clock);
  const { idempotencyKeepMs: keepMs, pruneIntervalMs: intervalMs } = config;
  scope.own(startForgettingNames({ requests, timers, logger, keepMs, intervalMs }));
  host.onStarted(() => {
    void endAbandoned(table, kinds, logger);
    void stopping.goOn();
  });

  host.offer(RunsService, table);
  const starter = new RunStarter({ table, requests, kinds, ids: host.power(Ids) });
  for (const operation of runOperations({ storage, recent, table, starter, stopping, kinds, feed }))
    host.contribute(Operations, operation.name, operation);
};
