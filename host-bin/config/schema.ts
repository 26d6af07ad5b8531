// The shape of lathe.json. The JSON Schema that editors read is generated from it.
import type { ModelSettings, TurnLimits } from "@lathe/kernel";
import * as v from "valibot";

/** What the daemon's own settings are where nobody sets them. */
export const defaultPort = 4646;
export const defaultDrainGraceMs = 30_000;

export interface ConfigFile {
  readonly $schema?: string;
  readonly port?: number;
  readonly model?: string;
  readonly drainGraceMs?: number;
  readonly agents?: Readonly<Record<string, AgentDraft>>;
  readonly extensions?: Readonly<Record<string, ExtensionDraft>>;
}

/** An agent as the file defines it; the agents extension completes it. */
export interface AgentDraft {
  readonly description?: string;
  readonly prompt?: string;
  readonly model?: string;
  readonly fallbackModels?: readonly string[];
  readonly tools?: readonly string[];
  readonly stepCountMax?: number;
  readonly settings?: ModelSettings;
  readonly retry?: { readonly delaysMs?: readonly number[]; readonly sleptMsMax?: number };
  readonly limits?: Partial<Omit<TurnLimits, "stepCountMax">>;
  readonly resume?: "auto" | "never";
}

/** Settings of one extension; `enabled` is the host's, everything else is the extension's. */
export interface ExtensionDraft {
  readonly enabled?: boolean;
  readonly [setting: string]: unknown;
}

const CountSchema = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must not be negative"),
);
const PositiveSchema = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
);
const TextSchema = v.string("must be text");
const ModelSchema = v.pipe(
  TextSchema,
  v.regex(/^[^/\s]+\/\S+$/, "must be provider/model, for example scripted/demo"),
);

const ModelOrAliasSchema = v.pipe(
  TextSchema,
  v.regex(/^[^/\s]+(?:\/\S+)?$/, "must be provider/model, for example scripted/demo, or an alias"),
);

const SettingsSchema = v.strictObject({
  temperature: v.exactOptional(
    v.pipe(
      v.number("must be a number"),
      v.minValue(0, "must be at least 0"),
      v.maxValue(2, "must be at most 2"),
    ),
  ),
  topP: v.exactOptional(
    v.pipe(
      v.number("must be a number"),
      v.minValue(0, "must be at least 0"),
      v.maxValue(1, "must be at most 1"),
    ),
  ),
  outputTokensMax: v.exactOptional(PositiveSchema),
  effort: v.exactOptional(
    v.picklist(
      ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
      "must be one of none, minimal, low, medium, high, xhigh, max",
    ),
  ),
});

const RetrySchema = v.strictObject({
  delaysMs: v.exactOptional(
    v.pipe(
      v.array(CountSchema, "must be a list"),
      v.minLength(1, "must not be empty"),
      v.description("Waits before the attempts after the first, in milliseconds."),
    ),
  ),
  sleptMsMax: v.exactOptional(
    v.pipe(CountSchema, v.description("How much may be waited in one step, in milliseconds.")),
  ),
});

const LimitsSchema = v.strictObject({
  toolConcurrencyMax: v.exactOptional(
    v.pipe(PositiveSchema, v.description("Tool calls of one step that run at the same time.")),
  ),
  toolCallCountMax: v.exactOptional(
    v.pipe(PositiveSchema, v.description("Tool calls of one step; those beyond it are not run.")),
  ),
  toolOutputLengthMax: v.exactOptional(
    v.pipe(PositiveSchema, v.description("Characters of one tool result; the rest is cut.")),
  ),
  answerLengthMax: v.exactOptional(
    v.pipe(PositiveSchema, v.description("Characters of one answer; more fails the step.")),
  ),
  idleMs: v.exactOptional(
    v.pipe(
      PositiveSchema,
      v.description("Silence after which a model's server has failed, in milliseconds."),
    ),
  ),
});

const AgentSchema = v.strictObject({
  description: v.exactOptional(TextSchema),
  prompt: v.exactOptional(v.pipe(TextSchema, v.description("The system prompt."))),
  model: v.exactOptional(
    v.pipe(
      ModelOrAliasSchema,
      v.description("provider/model or an alias, such as sonnet; the default model where absent."),
    ),
  ),
  fallbackModels: v.exactOptional(
    v.pipe(
      v.array(ModelOrAliasSchema, "must be a list"),
      v.description("Tried in order where the model fails for good."),
    ),
  ),
  tools: v.exactOptional(
    v.pipe(
      v.array(TextSchema, "must be a list"),
      v.description('Names of tools; "*" stands for all of them.'),
    ),
  ),
  stepCountMax: v.exactOptional(v.pipe(CountSchema, v.description("Model calls in one turn; 0 = no limit."))),
  settings: v.exactOptional(SettingsSchema),
  retry: v.exactOptional(RetrySchema),
  limits: v.exactOptional(LimitsSchema),
  resume: v.exactOptional(
    v.pipe(
      v.picklist(["auto", "never"], "must be auto or never"),
      v.description("Without effect so far: a turn that a crash cut is marked as interrupted."),
    ),
  ),
});

const ExtensionSchema = v.looseObject(
  {
    enabled: v.exactOptional(
      v.pipe(v.boolean("must be true or false"), v.description("false leaves the extension out.")),
    ),
  },
  "must be an object",
);

const NameSchema = v.pipe(
  TextSchema,
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "is not a name of letters, digits, _ and -"),
);

export const ConfigFileSchema: v.GenericSchema<unknown, ConfigFile> = v.strictObject({
  $schema: v.exactOptional(v.pipe(TextSchema, v.description("Path of lathe.schema.json, for editors."))),
  port: v.exactOptional(
    v.pipe(
      CountSchema,
      v.maxValue(65_535, "must be at most 65535"),
      v.description(
        `Port of the daemon on the loopback address; 0 takes a free one. Default ${defaultPort}.`,
      ),
    ),
  ),
  model: v.exactOptional(v.pipe(ModelSchema, v.description("The default model, provider/model."))),
  drainGraceMs: v.exactOptional(
    v.pipe(
      CountSchema,
      v.description(
        `How long a stopping daemon waits for turns in progress, in milliseconds. Default ${defaultDrainGraceMs}.`,
      ),
    ),
  ),
  agents: v.exactOptional(
    v.pipe(v.record(NameSchema, AgentSchema, "must be an object"), v.description("Agents by name.")),
  ),
  extensions: v.exactOptional(
    v.pipe(
      v.record(NameSchema, ExtensionSchema, "must be an object"),
      v.description("Settings of extensions by id, as each README names them."),
    ),
  ),
});
