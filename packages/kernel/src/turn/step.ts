// One step of a turn: the model is asked, again and elsewhere where that may help, and its calls are run.
//
// Invariants
//   P1  A model is asked again only while nothing of this step was shown: no output ever appears twice.
//   P2  An answer that was cut keeps its words and loses its calls, so that no call can stay unanswered.
//   P3  A step ends with one StepComplete, whatever happened; it never rejects.
import type { StepComplete, StepFinishReason } from "../contracts/events.ts";
import type { AssistantMessage, ToolMessage } from "../contracts/message.ts";
import type { ProviderFailure } from "../contracts/provider.ts";
import type { Usage } from "../contracts/usage.ts";
import type { Span } from "../logging/span.ts";
import { Answer, type StepNames } from "./answer.ts";
import { type AskEnding, type AskTimes, ask } from "./ask.ts";
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
  /** The provider wants its calls' results answered. */
  readonly goesOn: boolean;
  readonly stuck: boolean;
  readonly failure: ProviderFailure | undefined;
}

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
  const first = currentModel(plan, state);
  desk.emit({ type: "step-start", ...names, index, provider: first.provider.id, model: first.model });

  const asked = await askUntilAnswered(names, plan, desk, state, span);
  const { answer, ending, times, dispatch } = asked;
  const { provider, model } = currentModel(plan, state);
  const wantsTools = ending.kind === "finished" && isAnswerable(ending.reason) && answer.calls.length > 0;
  const tools = wantsTools ? await dispatch.finish() : undefined;
  const abandonedMetrics = wantsTools ? [] : await dispatch.abandon();
  const whole = ending.kind === "finished" && !plan.signal.aborted;
  const finishReason = reasonOf(ending, wantsTools, plan.signal.aborted);
  const message = messageOf(answer, provider.id, model, whole, whole && wantsTools);
  const event: StepComplete = {
    type: "step-complete",
    ...names,
    index,
    provider: provider.id,
    model,
    finishReason,
    ...(message === undefined ? {} : { message }),
    toolResults: whole ? (tools?.results ?? noResults) : noResults,
    toolCalls: tools?.metrics ?? abandonedMetrics,
    usage: answer.usage,
    contextSize: contextSizeOf(answer.usage),
    metrics: {
      startedAtMs,
      timeToFirstTokenMs: since(times.requestedAtMs, times.firstTokenAtMs),
      decodeMs: times.firstTokenAtMs === null ? null : since(times.firstTokenAtMs, times.endedAtMs),
      totalMs: desk.monotonic() - startedMonotonicMs,
    },
  };
  const failure = ending.kind === "failed" && !plan.signal.aborted ? ending.failure : undefined;
  span.close(finishReason === "aborted" ? "aborted" : finishReason === "error" ? "error" : "ok", {
    finishReason,
  });
  return { event, goesOn: whole && wantsTools, stuck: tools?.stuck === true, failure };
}

const noResults: readonly ToolMessage[] = [];

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
  const promptSpan = span.openSpan("prompt", {
    messageCount: plan.transcript.length,
    toolCount: plan.tools.size,
  });
  const request = {
    model: choice.model,
    system: plan.system,
    messages: plan.transcript.forRequest(),
    tools: plan.declarations,
    settings: choice.settings,
    conversationId: plan.conversationId,
  };
  promptSpan.close("ok");
  const requestSpan = span.openSpan("provider-request", {
    provider: choice.provider.id,
    model: choice.model,
    attempt,
  });
  const answer = new Answer(names, desk.emit, () => desk.newId("call"));
  const dispatch = new ToolDispatch(plan, desk, names, span, state.guard);
  const times: AskTimes = { requestedAtMs: desk.monotonic(), firstTokenAtMs: null, endedAtMs: null };
  const { idleMs, answerLengthMax } = plan.limits;
  const ending = await ask(
    {
      choice,
      request,
      answer,
      idleMs,
      answerLengthMax,
      signal: plan.signal,
      onCall: (call) => dispatch.add(call),
    },
    times,
    desk,
  );
  closeRequestSpan(requestSpan, ending, times, answer.usage);
  if (answer.usage !== null) {
    desk.budget?.spend(answer.usage);
    desk.emit({ type: "usage", ...names, usage: answer.usage, contextSize: contextSizeOf(answer.usage) });
  }
  if (ending.kind === "failed" && !answer.begun) await dispatch.abandon();
  return { answer, ending, times, dispatch };
}

function closeRequestSpan(span: Span, ending: AskEnding, times: AskTimes, usage: Usage | null): void {
  const attributes = {
    timeToFirstTokenMs: since(times.requestedAtMs, times.firstTokenAtMs),
    decodeMs: times.firstTokenAtMs === null ? null : since(times.firstTokenAtMs, times.endedAtMs),
    ...(usage ?? {}),
  };
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

function since(fromMs: number, toMs: number | null): number | null {
  return toMs === null ? null : toMs - fromMs;
}
