// Keeps conversations and their logs, and lets the outside make, read and delete them.
import { NamedRequests, startForgettingNames } from "@lathe/extension-kit";
import {
  type Activate,
  Clock,
  ConversationsService,
  Ids,
  RedactionService,
  StorageService,
  Timers,
} from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import { ActivityIndex } from "./core/activity-index.ts";
import { ActivityTimes } from "./core/activity-times.ts";
import { createConversationFeed, startWatchingHeads } from "./core/changes.ts";
import { ConversationLog } from "./core/conversation-log.ts";
import { Deletions } from "./core/deletions.ts";
import { conversationOperations } from "./core/operations.ts";
import { isFolder } from "./edge/folder.ts";

interface Config {
  readonly defaultCwd: string | null;
  readonly defaultAgent: string;
  readonly headCacheCountMax: number;
  readonly idempotencyKeepMs: number;
  readonly pruneIntervalMs: number;
}

export const activate: Activate = async (host, scope) => {
  // The host has checked it against the manifest's schema and filled in the defaults.
  const config = host.config as unknown as Config;
  const storage = host.use(StorageService);
  const clock = host.power(Clock);
  const timers = host.power(Timers);
  const { logger } = host;
  const ending = new AbortController();
  const deletions = new Deletions({ storage, logger, signal: ending.signal });
  const index = new ActivityIndex({ storage, logger, signal: ending.signal });
  const feed = createConversationFeed({ storage, timers, logger });
  scope.own(startWatchingHeads(storage, feed));
  const log = new ConversationLog({
    storage,
    clock,
    ids: host.power(Ids),
    deletions,
    index,
    activityTimes: new ActivityTimes(await index.newestMs()),
    headCacheCountMax: config.headCacheCountMax,
    onDeleted: ({ id, owner }) => feed.noteDeleted(id, owner),
  });
  let finished: Promise<unknown> | undefined;
  scope.own(async () => {
    ending.abort();
    await finished;
  });
  // In the background: what is left of deleted conversations cannot be read, and lists do without the index, so nobody
  // needs to wait for either. Not before all are there who keep something of what was deleted.
  host.onStarted(() => {
    finished = Promise.all([deletions.finishAll(), index.fill()]);
  });
  const requests = new NamedRequests<{ readonly conversationId: string }>(storage, clock);
  const { idempotencyKeepMs: keepMs, pruneIntervalMs: intervalMs } = config;
  scope.own(startForgettingNames({ requests, timers, logger, keepMs, intervalMs }));
  host.offer(ConversationsService, log);
  for (const operation of conversationOperations({
    ...config,
    log,
    feed,
    requests,
    isFolder,
    redactor: host.find(RedactionService),
  })) {
    host.contribute(Operations, operation.name, operation);
  }
};
