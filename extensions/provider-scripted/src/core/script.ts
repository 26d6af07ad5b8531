// What a test writes down for the model to do.
import type { ProviderFailure, ProviderFinishReason, Usage } from "@lathe/kernel";
import * as v from "valibot";

export interface Script {
  readonly steps: readonly ScriptStep[];
}

/** One answer of the model. The README tells what each field does. */
export interface ScriptStep {
  readonly reasoning?: string | undefined;
  /** A list is one delta per item. */
  readonly text?: string | readonly string[] | undefined;
  readonly calls: readonly ScriptCall[];
  /** Before each delta. */
  readonly delayMs: number;
  readonly drip?: { readonly chars: number; readonly delayMs: number } | undefined;
  /** `null` = nothing is reported; a field that is absent is estimated. */
  readonly usage?: Partial<{ readonly [K in keyof Usage]: Usage[K] | undefined }> | null | undefined;
  readonly finish?: ProviderFinishReason | undefined;
  readonly fail?: ScriptFailure | undefined;
  readonly hang?: "before" | "after-deltas" | undefined;
  readonly ignoreAbort: boolean;
  readonly truncate: boolean;
  readonly throw: boolean;
}

export interface ScriptCall {
  readonly name: string;
  readonly callId?: string | undefined;
  readonly input?: unknown;
  readonly argumentsText?: string | undefined;
}

export interface ScriptFailure {
  readonly kind: ProviderFailure["kind"];
  readonly status: number | null;
  readonly code: string | null;
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs: number | null;
  readonly message?: string | undefined;
  /** Deltas that are shown before. */
  readonly after: number;
  /** Attempts that fail; all of them where absent. */
  readonly times?: number | undefined;
}

export type ParsedScript =
  | { readonly kind: "ok"; readonly script: Script }
  /** One sentence that names the field; it quotes nothing of the script. */
  | { readonly kind: "broken"; readonly problem: string };

const Milliseconds = v.pipe(v.number(), v.minValue(0));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const AtLeastOne = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Any number, also one that no honest provider reports: a test may want to see what becomes of it. */
const Tokens = v.optional(v.nullable(v.number()));

const failureKinds = [
  "auth",
  "bad-request",
  "model-not-found",
  "context-length",
  "rate-limit",
  "quota",
  "overloaded",
  "server",
  "network",
  "idle-timeout",
  "truncated",
  "malformed",
  "tool-use-failed",
] as const satisfies readonly ProviderFailure["kind"][];

const Call = v.pipe(
  v.strictObject({
    name: v.string(),
    callId: v.optional(v.string()),
    input: v.optional(v.unknown()),
    argumentsText: v.optional(v.string()),
  }),
  v.check(
    ({ input, argumentsText }) => input === undefined || argumentsText === undefined,
    "a call has either input or argumentsText",
  ),
);

const Fail = v.strictObject({
  kind: v.picklist(failureKinds),
  status: v.optional(v.nullable(v.number()), null),
  code: v.optional(v.nullable(v.string()), null),
  retryable: v.optional(v.boolean()),
  retryAfterMs: v.optional(v.nullable(v.number()), null),
  message: v.optional(v.string()),
  after: v.optional(Count, 0),
  times: v.optional(AtLeastOne),
});

const Step = v.strictObject({
  reasoning: v.optional(v.string()),
  text: v.optional(v.union([v.string(), v.array(v.string())])),
  calls: v.optional(v.array(Call), []),
  delayMs: v.optional(Milliseconds, 0),
  drip: v.optional(v.strictObject({ chars: AtLeastOne, delayMs: Milliseconds })),
  usage: v.optional(
    v.nullable(
      v.strictObject({
        inputTokens: Tokens,
        outputTokens: Tokens,
        cacheReadTokens: Tokens,
        cacheWriteTokens: Tokens,
        reasoningTokens: Tokens,
      }),
    ),
  ),
  finish: v.optional(v.picklist(["stop", "tool-calls", "length", "content-filter"])),
  fail: v.optional(Fail),
  hang: v.optional(v.picklist(["before", "after-deltas"])),
  ignoreAbort: v.optional(v.boolean(), false),
  truncate: v.optional(v.boolean(), false),
  throw: v.optional(v.boolean(), false),
});

const ScriptSchema: v.GenericSchema<unknown, Script> = v.strictObject({ steps: v.array(Step) });

export function parseScriptText(text: string): ParsedScript {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return broken('The message is not JSON. A script looks like {"steps":[{"text":"Hello."}]}.');
  }
  return parseScript(value);
}

export function parseScript(value: unknown): ParsedScript {
  const parsed = v.safeParse(ScriptSchema, value);
  if (parsed.success) return { kind: "ok", script: parsed.output };
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? "the script";
  return broken(`The script is broken at ${field}: ${expectationOf(issue)}.`);
}

/** The step that the script has at an index, or why there is none. */
export function stepOf(script: Script, index: number): ScriptStep | string {
  const step = script.steps[index];
  if (step !== undefined) return step;
  return `The script has ${script.steps.length} steps, and step ${index + 1} was asked for. Add a step that answers after the last tool results.`;
}

function broken(problem: string): ParsedScript {
  return { kind: "broken", problem };
}

function expectationOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "validation" && issue.type === "check") return issue.message;
  if (issue.expected === "never") return "there is no such field";
  return issue.expected === null ? issue.message : `expected ${issue.expected}`;
}
