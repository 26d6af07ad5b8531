// Plays one step of a script as a provider's stream.
import type { ProviderEvent, ProviderFailure, ProviderFinishReason, TimersPower, Usage } from "@lathe/kernel";
import type { Pace } from "./pace.ts";
import type { ScriptFailure, ScriptStep } from "./script.ts";
import { type PromptTokens, tokensOf } from "./token-meter.ts";

export interface Stage {
  readonly timers: TimersPower;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  readonly prompt: PromptTokens;
  /** Counted from 1, for a failure that ends after some attempts. */
  readonly attempt: number;
  /** Prefix of the ids of calls that the script does not name. */
  readonly callIdPrefix: string;
}

type Batch = readonly ProviderEvent[];

/** A piece of the answer, and how long it takes to come. */
interface Delta {
  readonly event: ProviderEvent;
  readonly delayMs: number;
}

/** Keeps the contract of Provider.stream, except where the step asks for a breach of it. */
export async function* playStep(step: ScriptStep, stage: Stage): AsyncGenerator<Batch> {
  const signal = step.ignoreAbort ? new AbortController().signal : stage.signal;
  const failure = failureOf(step, stage.attempt);
  if (step.hang === "before") await untilAborted(signal);
  let shownCount = 0;
  for (const { event, delayMs } of deltasOf(step, stage)) {
    if (failure !== undefined && shownCount >= failure.after) break;
    if (delayMs > 0) await stage.timers.sleep(delayMs, signal);
    if (signal.aborted) return;
    yield [event];
    if (isShown(event)) shownCount++;
  }
  if (step.hang === "after-deltas" || step.ignoreAbort) await untilAborted(signal);
  if (signal.aborted || step.truncate) return;
  if (step.throw) throw new Error("The script says that this stream throws.");
  yield failure === undefined ? closing(step, stage) : [failed(failure)];
}

/** Calls are streamed as real providers do: begun, written, whole. */
function* deltasOf(step: ScriptStep, { pace, callIdPrefix }: Stage): Generator<Delta> {
  const timed = (event: ProviderEvent, piece: string): Delta => ({ event, delayMs: pace.delayMs(piece) });
  for (const text of pace.cut(step.reasoning ?? ""))
    if (text !== "") yield timed({ type: "reasoning-delta", text }, text);
  for (const text of textsOf(step).flatMap((whole) => pace.cut(whole)))
    yield timed({ type: "text-delta", text }, text);
  for (const [index, call] of step.calls.entries()) {
    const { name, callId = `${callIdPrefix}_${index}` } = call;
    const argumentsText = argumentsOf(call);
    yield { event: { type: "tool-call-start", callId, name }, delayMs: 0 };
    for (const piece of pace.cut(argumentsText))
      yield timed({ type: "tool-call-delta", callId, argumentsText: piece }, piece);
    yield { event: { type: "tool-call", callId, name, argumentsText }, delayMs: 0 };
  }
}

function textsOf({ text }: ScriptStep): readonly string[] {
  if (text === undefined || text === "") return [];
  return typeof text === "string" ? [text] : text;
}

function argumentsOf({ input, argumentsText }: ScriptStep["calls"][number]): string {
  return argumentsText ?? JSON.stringify(input ?? {});
}

/** What counts for `after`: text, reasoning and arguments, but not the frame around a call. */
function isShown(event: ProviderEvent): boolean {
  return event.type === "text-delta" || event.type === "reasoning-delta" || event.type === "tool-call-delta";
}

function failureOf({ fail }: ScriptStep, attempt: number): ScriptFailure | undefined {
  if (fail === undefined || (fail.times !== undefined && attempt > fail.times)) return undefined;
  return fail;
}

function failed({ kind, status, code, retryable, retryAfterMs, message }: ScriptFailure): ProviderEvent {
  const failure: ProviderFailure = {
    kind,
    message: message ?? `The script lets this step fail (${kind}).`,
    status,
    code,
    retryable: retryable ?? passing.has(kind),
    retryAfterMs,
  };
  return { type: "error", failure };
}

const passing: ReadonlySet<ProviderFailure["kind"]> = new Set([
  "rate-limit",
  "overloaded",
  "server",
  "network",
  "idle-timeout",
  "truncated",
]);

function closing(step: ScriptStep, stage: Stage): Batch {
  const reason: ProviderFinishReason = step.finish ?? (step.calls.length > 0 ? "tool-calls" : "stop");
  const finish: ProviderEvent = { type: "finish", reason, rawReason: reason };
  if (step.usage === null) return [finish];
  return [{ type: "usage", usage: { ...estimate(step, stage.prompt), ...given(step.usage) } }, finish];
}

function estimate(step: ScriptStep, prompt: PromptTokens): Usage {
  const reasoningTokens = tokensOf(step.reasoning ?? "");
  let outputTokens = reasoningTokens + tokensOf(textsOf(step).join(""));
  for (const call of step.calls) outputTokens += tokensOf(call.name + argumentsOf(call));
  return { ...prompt, outputTokens, reasoningTokens };
}

function given(usage: ScriptStep["usage"]): Partial<Usage> {
  const entries = Object.entries(usage ?? {}).filter(([, tokens]) => tokens !== undefined);
  return Object.fromEntries(entries);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
