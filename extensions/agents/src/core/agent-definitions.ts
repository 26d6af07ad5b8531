// What the configuration says about agents, checked and completed.
import {
  type AgentOverrides,
  createScheduledRetry,
  defaultRetrySchedule,
  defaultTurnLimits,
  type JsonValue,
  type ModelPrice,
  type ModelSettings,
  type RetryStrategy,
  type TurnLimits,
} from "@lathe/kernel";
import * as v from "valibot";

/** A named agent, ready to run. */
export interface AgentDefinition {
  readonly name: string;
  readonly description: string | null;
  readonly prompt: string;
  /** `provider/model` or an alias; `null` = the configuration's choice. */
  readonly model: string | null;
  readonly fallbackModels: readonly string[];
  /** Names of tools; `*` = all there are. */
  readonly tools: readonly string[];
  /** Names of tools that it does not have, whatever `tools` says. */
  readonly deniedTools: readonly string[];
  /** Where a conversation narrows its tools: of all those only these; `null` = all of them. */
  readonly onlyTools: readonly string[] | null;
  readonly settings: ModelSettings;
  readonly limits: TurnLimits;
  readonly retry: RetryStrategy;
  /** Whether a turn that the daemon's end cut off goes on when it is back, or is ended as `interrupted`. */
  readonly resume: "auto" | "never";
}

export interface AgentsConfig {
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly model: string | null;
  /** Plain names that stand for `provider/model`. */
  readonly modelAliases: ReadonlyMap<string, string>;
  readonly preferredModels: readonly string[];
  /** Of models by `provider/model`, before those that are known. */
  readonly prices: ReadonlyMap<string, ModelPrice>;
  /** Limits of agents that say nothing else. */
  readonly limits: LimitsDraft;
  readonly transcriptCacheLengthMax: number;
  readonly modelListTimeoutMs: number;
  /** Absolute path of the folder of runs that name no conversation; null = they must name one. */
  readonly runCwd: string | null;
}

export const defaultAgentName = "default";

const defaultPrompt =
  "You are an agent that works for a person through tools. Use the tools to look instead of guessing, say what you " +
  "did and what you found, and say plainly what did not work. Keep answers short.";

const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const PositiveSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const LimitsSchema = v.strictObject({
  stepCountMax: v.optional(CountSchema),
  toolConcurrencyMax: v.optional(PositiveSchema),
  toolCallCountMax: v.optional(PositiveSchema),
  toolOutputLengthMax: v.optional(PositiveSchema),
  answerLengthMax: v.optional(PositiveSchema),
  idleMs: v.optional(PositiveSchema),
});

export type LimitsDraft = { readonly [Name in keyof TurnLimits]?: TurnLimits[Name] | undefined };

export const EffortSchema: v.GenericSchema<NonNullable<ModelSettings["effort"]>> = v.picklist([
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
]);

const SettingsSchema = v.strictObject({
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  topP: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  outputTokensMax: v.optional(PositiveSchema),
  effort: v.optional(EffortSchema),
});

const RetrySchema = v.strictObject({
  delaysMs: v.optional(v.pipe(v.array(CountSchema), v.minLength(1))),
  sleptMsMax: v.optional(CountSchema),
});

const AgentSchema = v.strictObject({
  description: v.optional(v.string()),
  prompt: v.optional(v.string()),
  model: v.optional(v.nullable(v.string())),
  fallbackModels: v.optional(v.array(v.string())),
  tools: v.optional(v.array(v.string())),
  settings: v.optional(SettingsSchema),
  limits: v.optional(LimitsSchema),
  stepCountMax: v.optional(CountSchema),
  retry: v.optional(RetrySchema),
  resume: v.optional(v.picklist(["auto", "never"])),
});

/** What is said of an agent where it is defined; the fields are those of `AgentDefinition`. */
export interface AgentDraft {
  readonly description?: string | undefined;
  readonly prompt?: string | undefined;
  readonly model?: string | null | undefined;
  readonly fallbackModels?: readonly string[] | undefined;
  readonly tools?: readonly string[] | undefined;
  readonly deniedTools?: readonly string[] | undefined;
  readonly settings?:
    | { readonly [Name in keyof ModelSettings]?: ModelSettings[Name] | undefined }
    | undefined;
  readonly limits?: LimitsDraft | undefined;
  readonly stepCountMax?: number | undefined;
  readonly retry?:
    | { readonly delaysMs?: readonly number[] | undefined; readonly sleptMsMax?: number | undefined }
    | undefined;
  readonly resume?: AgentDefinition["resume"] | undefined;
}

const AliasSchema = v.pipe(v.string(), v.regex(/^[^\s/]{1,100}$/, "An alias is a name without a slash."));
const ModelNameSchema = v.pipe(
  v.string(),
  v.regex(/^[^/]+\/./, "An alias stands for a model, which is named provider/model."),
);

const UsdSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const PriceSchema = v.strictObject({
  input: UsdSchema,
  output: UsdSchema,
  cacheRead: v.exactOptional(UsdSchema),
  cacheWrite: v.exactOptional(UsdSchema),
});

const ConfigSchema = v.strictObject({
  agents: v.record(v.string(), AgentSchema),
  model: v.nullable(v.string()),
  modelAliases: v.record(AliasSchema, ModelNameSchema),
  preferredModels: v.array(v.string()),
  prices: v.record(v.string(), PriceSchema),
  limits: LimitsSchema,
  transcriptCacheLengthMax: CountSchema,
  modelListTimeoutMs: PositiveSchema,
  runCwd: v.nullable(v.string()),
});

/** The configuration of the agents cannot be used; the message names the field. */
export class AgentsConfigError extends Error {
  readonly code = "invalid-config";

  constructor(message: string) {
    super(message);
    this.name = "AgentsConfigError";
  }
}

export function parseAgentsConfig(config: JsonValue): AgentsConfig {
  const parsed = v.safeParse(ConfigSchema, config);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const field = v.getDotPath(issue) ?? "the whole of it";
    throw new AgentsConfigError(`The configuration of agents is wrong at ${field}: ${issue.message}`);
  }
  const { agents: drafts, modelAliases, prices, limits, ...rest } = parsed.output;
  const agents = new Map<string, AgentDefinition>();
  agents.set(defaultAgentName, defineAgent(defaultAgentName, {}, limits));
  for (const [name, draft] of Object.entries(drafts)) agents.set(name, defineAgent(name, draft, limits));
  const byName = {
    modelAliases: new Map(Object.entries(modelAliases)),
    prices: new Map(Object.entries(prices)),
  };
  return { agents, ...byName, limits, ...rest };
}

/** Completes what was said of an agent. `limits` are those of all agents. */
export function defineAgent(name: string, draft: AgentDraft, limits: LimitsDraft): AgentDefinition {
  const stepLimit = draft.stepCountMax === undefined ? {} : { stepCountMax: draft.stepCountMax };
  return {
    name,
    description: draft.description ?? null,
    prompt: draft.prompt ?? defaultPrompt,
    model: draft.model ?? null,
    fallbackModels: draft.fallbackModels ?? [],
    tools: draft.tools ?? ["*"],
    deniedTools: draft.deniedTools ?? [],
    onlyTools: null,
    settings: withoutUndefined(draft.settings ?? {}),
    limits: {
      ...defaultTurnLimits,
      ...withoutUndefined(limits),
      ...withoutUndefined(draft.limits ?? {}),
      ...stepLimit,
    },
    retry: createScheduledRetry({ ...defaultRetrySchedule, ...withoutUndefined(draft.retry ?? {}) }),
    resume: draft.resume ?? "auto",
  };
}

/** The agent as one conversation has it. */
export function withOverrides(agent: AgentDefinition, overrides: AgentOverrides | null): AgentDefinition {
  if (overrides === null) return agent;
  const { tools = null, effort } = overrides;
  const settings = effort === undefined ? agent.settings : { ...agent.settings, effort };
  return { ...agent, onlyTools: tools, settings };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}
