// What the configuration says about agents, checked and completed.
import {
  createScheduledRetry,
  defaultRetrySchedule,
  defaultTurnLimits,
  type JsonValue,
  type ModelSettings,
  type RetryStrategy,
  type TurnLimits,
} from "@lathe/kernel";
import * as v from "valibot";

/** A named agent, ready to run. */
export interface AgentDefinition {
  readonly name: string;
  readonly prompt: string;
  /** `provider/model`; `null` = the configuration's choice. */
  readonly model: string | null;
  readonly fallbackModels: readonly string[];
  /** Names of tools; `*` = all there are. */
  readonly tools: readonly string[];
  readonly settings: ModelSettings;
  readonly limits: TurnLimits;
  readonly retry: RetryStrategy;
  /** Whether a turn that the daemon's end cut off goes on when it is back, or is ended as `interrupted`. */
  readonly resume: "auto" | "never";
}

export interface AgentsConfig {
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly model: string | null;
  readonly preferredModels: readonly string[];
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

const SettingsSchema = v.strictObject({
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  topP: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  outputTokensMax: v.optional(PositiveSchema),
  effort: v.optional(v.picklist(["none", "minimal", "low", "medium", "high", "xhigh", "max"])),
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

const ConfigSchema = v.strictObject({
  agents: v.record(v.string(), AgentSchema),
  model: v.nullable(v.string()),
  preferredModels: v.array(v.string()),
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
  const { agents: drafts, limits, ...rest } = parsed.output;
  const agents = new Map<string, AgentDefinition>();
  agents.set(defaultAgentName, define(defaultAgentName, {}, limits));
  for (const [name, draft] of Object.entries(drafts)) agents.set(name, define(name, draft, limits));
  return { agents, ...rest };
}

function define(
  name: string,
  draft: v.InferOutput<typeof AgentSchema>,
  limits: v.InferOutput<typeof LimitsSchema>,
): AgentDefinition {
  const stepLimit = draft.stepCountMax === undefined ? {} : { stepCountMax: draft.stepCountMax };
  return {
    name,
    prompt: draft.prompt ?? defaultPrompt,
    model: draft.model ?? null,
    fallbackModels: draft.fallbackModels ?? [],
    tools: draft.tools ?? ["*"],
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

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}
