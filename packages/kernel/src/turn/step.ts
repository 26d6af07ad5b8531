// One step of a turn: the model is asked, again and elsewhere where that may help, and its calls are run.
//
// Invariants
//   P1  A model is asked again only while nothing of this step was shown: no output ever appears twice.
//   P2  An answer that was cut keeps its words and loses its calls, so that no call can stay unanswered.
//   P3  A step ends with one StepComplete, whatever the model and the tools did.
import type { StepComplete, StepFinishReason, StepMetrics } from "../contracts/events.ts";
import type { AssistantMessage } from "../contracts/message.ts";
import type { ProviderFailure } from "../contracts/provider.ts";
import type { Usage } from "../contracts/usage.ts";
import type { Span, SpanOutcome } from "../logging/span.ts";
import { Answer, type StepNames } from "./answer.ts";
import { type AskEnding, type AskTimes, ask, type Question } from "./ask.ts";
import { ToolDispatch } from "./dispatch.ts";
import type { RepeatGuard } from "./repeat-guard.ts";
import type { ModelChoice, TurnDesk, TurnPlan } from "./turn.ts";
import { contextSizeOf } from "./usage.ts";

/** What steps of one turn hand on to each other. */
export interface TurnState {
  /** Position in the plan's models; grows when one fails for good. */
  modelIndex: number;
  readonly guard: RepeatGuard;
}

export interface StepOutcome {
  readonly event: StepComplete;
  readonly stuck: boolean;
  readonly failure: ProviderFailure | undefined;
}

/** Rejects only where the desk breaks its promises; then nothing that the step started goes on. */
export async function runStep(
  index: number,
  plan: TurnPlan,
  desk: TurnDesk,
  state: TurnState,
): Promise<StepOutcome> {
  const { conversationId, turnId } = plan;
  const names: StepNames = { conversationId, turnId, stepId: `${turnId}#${index}` };
  const startedAtMs = desk.now();
  const startedMonotonicMs = desk.monotonic();
  const span = desk.span.openSpan("step", { stepId: names.stepId, index });
  try {
    const { provider, model } = currentModel(plan, state);
    desk.emit({ type: "step-start", ...names, index, provider: provider.id, model });
    const asked = await askUntilAnswered(names, plan, desk, state, span);
    const { answered, stuck, failure } = await settle(asked, currentModel(plan, state), plan.signal);
    const totalMs = desk.monotonic() - startedMonotonicMs;
    const metrics = { startedAtMs, ...durationsOf(asked.times), totalMs };
    const { finishReason } = answered;
    span.close(spanOutcomeOf(finishReason), { finishReason });
    return { event: { type: "step-complete", ...names, index, ...answered, metrics }, stuck, failure };
  } catch (cause) {
    span.close("error", { finishReason: "internal" });
    throw cause;
  }
}

type Answered = Omit<StepComplete, "type" | keyof StepNames | "index" | "metrics">;

/** Runs the calls of a whole answer, ends those of any other, and says what there is to record. */
async function settle(
  { answer, ending, dispatch }: Asked,
  { provider, model }: ModelChoice,
  signal: AbortSignal,
): Promise<{ readonly answered: Answered } & Omit<StepOutcome, "event">> {
  const wantsTools = ending.kind === "finished" && isAnswerable(ending.reason) && answer.calls.length > 0;
  const dispatched = wantsTools ? await dispatch.finish() : await dispatch.abandon();
  const { aborted } = signal;
  const whole = ending.kind === "finished" && !aborted;
  const message = messageOf(answer, provider.id, model, whole, whole && wantsTools);
  const answered: Answered = {
    provider: provider.id,
    model,
    finishReason: reasonOf(ending, wantsTools, aborted),
    ...(message === undefined ? {} : { message }),
    toolResults: whole ? dispatched.results : [],
    toolCalls: dispatched.metrics,
    usage: answer.usage,
    contextSize: contextSizeOf(answer.usage),
  };
  const failure = ending.kind === "failed" && !aborted ? ending.failure : undefined;
  return { answered, stuck: dispatched.stuck, failure };
}

interface Asked {
  readonly answer: Answer;
  readonly ending: AskEnding;
  readonly times: AskTimes;
  readonly dispatch: ToolDispatch;
}

async function askUntilAnswered(
  names: StepNames,
  plan: TurnPlan,
  desk: TurnDesk,
  state: TurnState,
  span: Span,
): Promise<Asked> {
  let sleptMs = 0;
  let failedAttempts = 0;
  for (;;) {
    const asked = await askOnce(names, plan, desk, state, span, failedAttempts + 1);
    const { ending, answer } = asked;
    if (ending.kind !== "failed" || answer.begun || plan.signal.aborted) return asked;
    const { failure } = ending;
    failedAttempts++;
    const decision = failure.retryable ? plan.retry.delayFor(failedAttempts, failure, sleptMs) : undefined;
    if (decision?.kind === "wait") {
      const { delayMs, budgetLeftMs } = decision;
      const { kind: reason, message } = failure;
      desk.emit({
        type: "provider-retry",
        ...names,
        attempt: failedAttempts,
        delayMs,
        reason,
        message,
        budgetLeftMs,
      });
      await desk.sleep(delayMs, plan.signal);
      sleptMs += delayMs;
      if (plan.signal.aborted) return { ...asked, ending: { kind: "aborted" } };
      continue;
    }
    if (!fallBack(names, failure, plan, desk, state)) return asked;
    failedAttempts = 0;
  }
}

function fallBack(
  names: StepNames,
  failure: ProviderFailure,
  plan: TurnPlan,
  desk: TurnDesk,
  state: TurnState,
): boolean {
  const from = currentModel(plan, state);
  const to = plan.models[state.modelIndex + 1];
  if (to === undefined) return false;
  state.modelIndex++;
  const fromModel = `${from.provider.id}/${from.model}`;
  const toModel = `${to.provider.id}/${to.model}`;
  desk.emit({ type: "model-fallback", ...names, fromModel, toModel, reason: failure.kind });
  return true;
}

async function askOnce(
  names: StepNames,
  plan: TurnPlan,
  desk: TurnDesk,
  state: TurnState,
  span: Span,
  attempt: number,
): Promise<Asked> {
  const choice = currentModel(plan, state);
  const promptSpan = span.openSpan("prompt");
  const request = {
    model: choice.model,
    system: plan.system,
    messages: plan.transcript.forRequest(),
    tools: plan.declarations,
    settings: choice.settings,
    conversationId: plan.conversationId,
  };
  promptSpan.close("ok", { messageCount: request.messages.length, toolCount: request.tools.length });
  const requestSpan = span.openSpan("provider-request", {
    provider: choice.provider.id,
    model: choice.model,
    attempt,
  });
  const answer = new Answer(names, desk.emit, () => desk.newId("call"));
  const dispatch = new ToolDispatch(plan, desk, names, span, state.guard);
  const times: AskTimes = { requestedAtMs: desk.monotonic(), firstTokenAtMs: null, endedAtMs: null };
  const { idleMs, answerLengthMax } = plan.limits;
  const question: Question = {
    choice,
    request,
    answer,
    idleMs,
    answerLengthMax,
    signal: plan.signal,
    onCall: (call) => dispatch.add(call),
  };
  try {
    const ending = await ask(question, times, desk);
    closeRequestSpan(requestSpan, ending, times, answer.usage);
    reportUsage(answer.usage, names, desk);
    if (ending.kind === "failed" && !answer.begun) await dispatch.abandon();
    return { answer, ending, times, dispatch };
  } catch (cause) {
    await dispatch.abandon();
    throw cause;
  }
}

function reportUsage(usage: Usage | null, names: StepNames, desk: TurnDesk): void {
  if (usage === null) return;
  desk.budget?.spend(usage);
  desk.emit({ type: "usage", ...names, usage, contextSize: contextSizeOf(usage) });
}

function closeRequestSpan(span: Span, ending: AskEnding, times: AskTimes, usage: Usage | null): void {
  const attributes = { ...durationsOf(times), ...(usage ?? {}) };
  if (ending.kind === "finished") span.close("ok", { ...attributes, finishReason: ending.reason });
  else if (ending.kind === "aborted") span.close("aborted", attributes);
  else span.close("error", { ...attributes, failure: ending.failure.kind, status: ending.failure.status });
}

function currentModel(plan: TurnPlan, state: TurnState): ModelChoice {
  const choice = plan.models[state.modelIndex];
  if (choice === undefined) throw new RangeError("A turn needs at least one model.");
  return choice;
}

/** After `length` or `content-filter` the last call may be cut, so none of them is run. */
function isAnswerable(reason: string): boolean {
  return reason === "stop" || reason === "tool-calls";
}

function reasonOf(ending: AskEnding, wantsTools: boolean, aborted: boolean): StepFinishReason {
  if (aborted || ending.kind === "aborted") return "aborted";
  if (ending.kind === "failed") return "error";
  if (wantsTools) return "tool-calls";
  return ending.reason === "tool-calls" ? "stop" : ending.reason;
}

function messageOf(
  answer: Answer,
  provider: string,
  model: string,
  whole: boolean,
  keepCalls: boolean,
): AssistantMessage | undefined {
  const content = answer.content(keepCalls);
  if (content.length === 0) return undefined;
  if (whole) return { role: "assistant", provider, model, content };
  return { role: "assistant", provider, model, content, interrupted: true };
}

function spanOutcomeOf(reason: StepFinishReason): SpanOutcome {
  return reason === "aborted" || reason === "error" ? reason : "ok";
}

function durationsOf(times: AskTimes): Pick<StepMetrics, "timeToFirstTokenMs" | "decodeMs"> {
  const { requestedAtMs, firstTokenAtMs, endedAtMs } = times;
  if (firstTokenAtMs === null) return { timeToFirstTokenMs: null, decodeMs: null };
  const decodeMs = endedAtMs === null ? null : endedAtMs - firstTokenAtMs;
  return { timeToFirstTokenMs: firstTokenAtMs - requestedAtMs, decodeMs };
}
