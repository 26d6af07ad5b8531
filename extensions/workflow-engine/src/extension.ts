// Wires the engine to the store, the sandbox, the agents and the API.
import { join } from "node:path";
import {
  type Activate,
  AgentDirectoryService,
  type Budget,
  Clock,
  ConversationsService,
  Environment,
  Failpoints,
  Ids,
  ModelPricesService,
  Prunables,
  RedactionService,
  RunKinds,
  RunsService,
  SnapshotsService,
  StateFolder,
  StorageService,
  Timers,
  TurnBudgetsPoint,
  TurnsService,
  WorkflowScripts,
} from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import { createGuestPool, createScriptCompiler } from "@lathe/workflow-sandbox";
import { FolderStates } from "./core/cache/folder-states.ts";
import { pruneCache } from "./core/cache/prune-cache.ts";
import { StepCache } from "./core/cache/step-cache.ts";
import { readConfig } from "./core/config.ts";
import { WorkflowLibrary } from "./core/discovery/workflow-library.ts";
import { RunLogs } from "./core/log/run-logs.ts";
import { workflowOperations } from "./core/operations/workflow-operations.ts";
import { WorkflowEngine } from "./core/run/engine.ts";
import { findByName, findByReference } from "./core/run/find-script.ts";
import { WorkflowRuns } from "./core/run/workflow-runs.ts";
import { createRunRedactor } from "./core/run-redactor.ts";
import { ProviderGates } from "./core/schedule/provider-gates.ts";
import { Slots } from "./core/schedule/slots.ts";
import { openCacheSecret } from "./edge/cache-secret.ts";
import { readFolderState } from "./edge/folder-state.ts";
import { GitWorktrees } from "./edge/git-worktrees.ts";
import { scriptFolders } from "./edge/script-folders.ts";

const warmAfterMs = 1_500;

export const activate: Activate = async (host, scope) => {
  const config = readConfig(host.config);
  const { logger } = host;
  const folder = host.power(StateFolder).path;
  const storage = host.use(StorageService);
  const runs = host.use(RunsService);
  const turns = host.use(TurnsService);
  const clock = host.power(Clock);
  const timers = host.power(Timers);

  const compiler = createScriptCompiler({});
  scope.own(() => compiler.close());
  const pool = createGuestPool({
    limits: { ...config.limits, callCountMax: config.limits.callCountMax ?? config.agentCountMax },
    idleCount: config.idleGuestCount,
    runningCountMax: config.runConcurrencyMax,
    cacheFolder: join(folder, "guest-cache"),
    onWarning: (message: string) => logger.log("warn", message),
  });
  scope.own(() => pool.close());
  // Not before the daemon serves: its start is waited for, and a process costs as much time as all the rest of it.
  scope.own(timers.after(warmAfterMs, () => pool.warm()));
  const library = new WorkflowLibrary({
    compiler,
    builtIn: host.collect(WorkflowScripts),
    home: host.power(Environment).get("HOME"),
    files: scriptFolders,
  });

  const budgets = new Map<string, Budget>();
  host.contribute(TurnBudgetsPoint, "workflows", { budgetOf: (runId) => budgets.get(runId) });
  const redactor = createRunRedactor(host.find(RedactionService));
  const logs = new RunLogs({ storage, clock, redactor });
  const cache = new StepCache(storage, openCacheSecret(folder));
  host.contribute(Prunables, "workflow-answers", {
    prune: (signal) => pruneCache(storage, clock.nowMs() - config.cacheKeepMs, signal),
  });
  const { schemaTryCountMax, agentConcurrencyTotalMax, providerConcurrencyMax } = config;
  const engine = new WorkflowEngine({
    ...{ config, storage, clock, timers, logger, redactor, turns, runs, pool, cache, compiler, logs },
    ...{ budgets, schemaTryCountMax, ids: host.power(Ids), failpoint: host.power(Failpoints) },
    conversations: host.use(ConversationsService),
    snapshots: host.use(SnapshotsService),
    directory: host.use(AgentDirectoryService),
    prices: host.use(ModelPricesService),
    folders: new FolderStates(readFolderState),
    worktrees: new GitWorktrees(join(folder, "worktrees"), timers),
    slots: new Slots(agentConcurrencyTotalMax),
    gates: new ProviderGates({ timers, countMax: providerConcurrencyMax }),
    findScript: (reference, cwd) => findByReference(reference, cwd, { library, compiler, redactor }),
  });
  await engine.prepareRecovery();
  scope.own(() => engine.close());
  // Not before: the agents of the scripts may need what is contributed by extensions that start later.
  host.onStarted(() => void engine.recover());

  const find = (name: string, cwd: string) => findByName(name, cwd, { library, compiler, redactor });
  const kind = new WorkflowRuns({
    isFolder: async (path) => (await scriptFolders.realFolder(path)) !== undefined,
    engine,
    logs,
    runs,
    storage,
    compiler,
    redactor,
    find,
    defaultCwd: config.runCwd,
  });
  host.contribute(RunKinds, "workflow", kind);
  const approvals = engine;
  for (const operation of workflowOperations({
    library,
    compiler,
    redactor,
    runs,
    log: logs,
    approvals,
    cache,
  }))
    host.contribute(Operations, operation.name, operation);
};
