// A turn service over a store in memory, with one provider whose stream a test can exchange.
import {
  createMemoryConversations,
  createMemorySnapshots,
  type MemoryConversations,
  openMemoryStorage,
  realClock,
  realTimers,
  recordingSink,
} from "@lathe/extension-kit/testing";
import {
  type ClockPower,
  type Contributions,
  type Conversation,
  type ConversationEvent,
  createLogger,
  type Entry,
  type IdsPower,
  type JsonObject,
  type JsonValue,
  type NewConversation,
  type PendingStep,
  type Provider,
  type ProviderEvent,
  type ProviderRequest,
  type Redactor,
  type RunEnding,
  type RunSpending,
  type Runs,
  type SpanRecord,
  type Storage,
  type Subscriber,
  type Tool,
  type TurnBudgets,
} from "@lathe/kernel";
import { parseAgentsConfig } from "../core/agent-definitions.ts";
import type { AgentFiles } from "../core/agent-files.ts";
import { KnownAgents } from "../core/known-agents.ts";
import { createModelPrices } from "../core/known-prices.ts";
import { Recorder } from "../core/recorder.ts";
import { StopRequests } from "../core/stop-requests.ts";
import { Toolbox } from "../core/toolbox.ts";
import { Transcripts } from "../core/transcripts.ts";
import { TurnService } from "../core/turn-service.ts";

export type Stream = (request: ProviderRequest) => AsyncIterable<readonly ProviderEvent[]>;

export interface Stage {
  readonly turns: TurnService;
  readonly conversations: MemoryConversations;
  readonly conversation: Conversation;
  /** The namespace of the extension. */
  readonly storage: Storage;
  readonly records: readonly SpanRecord[];
  /** How runs have ended, in order. */
  readonly endings: readonly (RunEnding & { readonly runId: string })[];
  /** What runs were noted to have used, in order. */
  readonly spendings: readonly (RunSpending & { readonly runId: string })[];
  /** What the runs that began are called, in order. */
  readonly titles: readonly (string | null | undefined)[];
  /** A second daemon over the same stored state. */
  restart(): TurnService;
  entries(): Promise<readonly Entry[]>;
  /** The step that the store knows of whose calls are not all answered. */
  pending(): Promise<PendingStep | null>;
  types(): Promise<readonly string[]>;
  stream: Stream;
}

export async function* answers(): AsyncGenerator<readonly ProviderEvent[]> {
  yield [
    { type: "text-delta", text: "Hello." },
    { type: "finish", reason: "stop", rawReason: "stop" },
  ];
}

export async function* hangs(): AsyncGenerator<readonly ProviderEvent[]> {
  yield [{ type: "text-delta", text: "Well" }];
  await new Promise(() => {});
}

export function contributionsOf<T>(items: Readonly<Record<string, T>>): Contributions<T> {
  const all = Object.entries(items).map(([name, item]) => ({ name, extensionId: "test", item }));
  return { all: () => all, get: (name) => items[name], onChanged: () => () => {} };
}

export const noAgentFiles: AgentFiles = { read: async () => ({ files: [], failures: [] }) };

/** What the configuration is where nobody wrote one. */
export const plainConfig: Readonly<Record<string, JsonValue>> = {
  agents: {},
  model: "test/model",
  modelAliases: {},
  preferredModels: [],
  prices: {},
  limits: {},
  transcriptCacheLengthMax: 1_000_000,
  modelListTimeoutMs: 1_000,
  runCwd: null,
};

export class Watcher implements Subscriber {
  readonly events: ConversationEvent[] = [];
  ended: string | undefined;
  onEvent(event: ConversationEvent): void {
    this.events.push(event);
  }
  onEnd(reason: string): void {
    this.ended = reason;
  }
  get types(): readonly string[] {
    return this.events.map((event) => event.type);
  }
}

export interface StageOptions {
  readonly tools?: Readonly<Record<string, Tool>>;
  readonly redactor?: Redactor;
  /** Of the agent `default`. */
  readonly agent?: JsonObject;
  /** Laid over `plainConfig`. */
  readonly config?: JsonObject;
  /** Agents that files define; none where absent. */
  readonly files?: AgentFiles;
  /** Who says what runs may use. */
  readonly budgets?: Readonly<Record<string, TurnBudgets>>;
  /** What the conversation has instead of the agent `default` in `/tmp`. */
  readonly conversation?: Partial<NewConversation>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const storage = openMemoryStorage().namespace("agents");
  const conversations = createMemoryConversations(storage);
  const draft = { owner: "local", title: null, agent: "default", model: null, cwd: "/tmp" };
  const snapshots = createMemorySnapshots(storage);
  const conversation = await conversations.create({ ...draft, ...options.conversation });
  const sink = recordingSink();
  const clock: ClockPower = realClock();
  const logger = createLogger("agents", { sink, ...clock, newTraceId: () => "t", newSpanId: () => "s" });
  let idCount = 0;
  const ids: IdsPower = { newId: (prefix) => `${prefix}_${++idCount}` };
  const runs = recordedRuns(storage);
  const stage: Stage = {
    conversations,
    conversation,
    storage,
    records: sink.records,
    endings: runs.endings,
    titles: runs.titles,
    spendings: runs.spendings,
    stream: answers,
    turns: undefined as never,
    restart: () => openService(),
    entries: () => conversations.entries(conversation.id, { sinceSeq: 0, limit: 1_000 }),
    pending: async () => (await snapshots.get(conversation.id))?.pending ?? null,
    types: async () => (await stage.entries()).map((entry) => entry.type),
  };
  const provider: Provider = {
    id: "test",
    models: async () => [],
    stream: (request) => stage.stream(request),
  };
  function openService(): TurnService {
    const agents = options.agent ? { default: options.agent } : {};
    const config = parseAgentsConfig({ ...plainConfig, ...options.config, agents });
    const prices = createModelPrices(config.prices);
    return new TurnService({
      config,
      agents: new KnownAgents(config, options.files ?? noAgentFiles),
      conversations,
      recorder: new Recorder({
        conversations,
        storage,
        snapshots,
        runs: runs.service,
        prices,
        failpoint: () => {},
      }),
      snapshots,
      stopRequests: new StopRequests({ runs: runs.service, storage, failpoint: () => {} }),
      transcripts: new Transcripts(conversations, 1_000_000),
      toolbox: new Toolbox(contributionsOf(options.tools ?? {})),
      providers: contributionsOf({ test: provider }),
      execBackends: contributionsOf({}),
      budgets: contributionsOf(options.budgets ?? {}),
      prices,
      clock,
      ids,
      timers: realTimers(),
      logger,
      redactor: options.redactor,
      failpoint: () => {},
    });
  }
  return Object.assign(stage, { turns: openService() });
}

/** A registry that keeps nothing but what runs are called, which were asked to stop, and how they have ended. */
function recordedRuns(
  storage: Storage,
): { readonly service: Runs } & Pick<Stage, "endings" | "titles" | "spendings"> {
  const titles: (string | null | undefined)[] = [];
  const endings: (RunEnding & { readonly runId: string })[] = [];
  const spendings: (RunSpending & { readonly runId: string })[] = [];
  const service: Runs = {
    begin: ({ title }) => {
      titles.push(title);
      return storage.prepare({});
    },
    note: async () => undefined,
    end: async (runId, ending) => {
      endings.push({ runId, ...ending });
      return storage.prepare({});
    },
    askToStop: (runId) => storage.prepare({ puts: [{ key: ["stop", runId], value: true }] }),
    wasAskedToStop: async (runId) => (await storage.get(["stop", runId])) !== undefined,
    noteSpending: (runId, budget) => void spendings.push({ runId, ...budget }),
    get: async () => undefined,
    active: async () => [],
  };
  return { service, endings, titles, spendings };
}

/** Settles when the conversation's log holds so many sealed turns. */
export async function sealedTurns(stage: Stage, count: number): Promise<void> {
  while ((await stage.types()).filter((type) => type === "turn-sealed").length < count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
