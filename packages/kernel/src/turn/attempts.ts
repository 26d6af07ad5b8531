// The attempts of one step: a model is asked, again after a wait, and then the next model.
//
// Invariants
//   P1  A model is asked again only while nothing of this step was shown: no output ever appears twice.
import type { ProviderFailure } from "../contracts/provider.ts";
import type { Redactor } from "../contracts/redaction.ts";
import type { RetryProgress } from "../contracts/snapshots.ts";
import type { Usage } from "../contracts/usage.ts";
import type { Span } from "../logging/span.ts";
import { Answer, type StepNames } from "./answer.ts";
import { type AskEnding, type AskTimes, ask, durationsOf, type Question } from "./ask.ts";
import { ToolDispatch } from "./dispatch.ts";
import type { RepeatGuard } from "./repeat-guard.ts";
import type { ModelChoice, TurnDesk, TurnPlan } from "./turn.ts";
import { contextSizeOf } from "./usage.ts";

/** What steps of one turn hand on to each other. */
export interface TurnState {
  /** Position in the plan's models; grows when one fails for good. */
  modelIndex: number;
  /** What each model is told before the transcript, as text for the trace; made once. */
  readonly promptHeads: Map<number, string>;
  readonly guard: RepeatGuard;
}

/** An answer, however it ended, and what runs its calls. */
export interface Asked {
  readonly answer: Answer;
  readonly ending: AskEnding;
  readonly times: AskTimes;
  readonly dispatch: ToolDispatch;
  /** Who answered. */
  readonly provider: string;
  readonly model: string;
}

/** Asks a model, again and elsewhere where that may help, until it has answered or failed for good. */
export async function askAnew(
  index: number,
  names: StepNames,
  plan: TurnPlan,
  desk: TurnDesk,
  state: TurnState,
  span: Span,
  progress: RetryProgress | null | undefined,
): Promise<Asked> {
  const { provider, model } = currentModel(plan, state);
  desk.emit({ type: "step-start", ...names, index, provider: provider.id, model });
  return askUntilAnswered(names, plan, desk, state, span, progress ?? { failedAttempts: 0, sleptMs: 0 });
}

async function askUntilAnswered(
  names: StepNames,
  plan: TurnPlan,
  desk: TurnDesk,
  state: TurnState,
  span: Span,
  progress: RetryProgress,
): Promise<Asked> {
  let { sleptMs, failedAttempts } = progress;
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
      desk.onRetry?.({ failedAttempts, sleptMs: sleptMs + delayMs });
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
  if (promptSpan.keepsBodies) {
    const head = promptHeadOf(plan, state);
    promptSpan.body("prompt", {
      head,
      items: request.messages,
      itemCount: request.messages.length,
      tail: "",
    });
  }
  promptSpan.close("ok", { messageCount: request.messages.length, toolCount: request.tools.length });
  const requestSpan = span.openSpan("provider-request", {
    provider: choice.provider.id,
    model: choice.model,
    attempt,
  });
  const answer = new Answer(names, desk.emit, () => desk.newId("call"), desk.redactor);
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
    span: requestSpan,
  };
  try {
    const ending = withoutSecrets(await ask(question, times, desk), desk.redactor);
    closeRequestSpan(requestSpan, ending, times, answer.usage);
    reportUsage(answer.usage, names, choice, desk);
    if (ending.kind === "failed" && !answer.begun) await dispatch.abandon();
    return { answer, ending, times, dispatch, provider: choice.provider.id, model: choice.model };
  } catch (cause) {
    await dispatch.abandon();
    throw cause;
  }
}

/** What the model is told besides the messages, the same text for as long as the turn asks the same model. */
function promptHeadOf(plan: TurnPlan, state: TurnState): string {
  const made = state.promptHeads.get(state.modelIndex);
  if (made !== undefined) return made;
  const { provider, model, settings } = currentModel(plan, state);
  const { system, declarations: tools } = plan;
  const head = `${JSON.stringify({ provider: provider.id, model, settings, system, tools })}\n`;
  state.promptHeads.set(state.modelIndex, head);
  return head;
}

/** An adapter keeps its own key out of its messages; another's may have got into what the server said. */
function withoutSecrets(ending: AskEnding, redactor: Redactor | undefined): AskEnding {
  if (ending.kind !== "failed" || redactor === undefined) return ending;
  const { failure } = ending;
  return { ...ending, failure: { ...failure, message: redactor.text(failure.message) } };
}

function reportUsage(usage: Usage | null, names: StepNames, choice: ModelChoice, desk: TurnDesk): void {
  if (usage === null) return;
  desk.budget?.spend(usage, { provider: choice.provider.id, model: choice.model });
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
