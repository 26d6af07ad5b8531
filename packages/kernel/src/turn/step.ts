// One step of a turn: the model is asked, and its calls are run.
//
// Invariants (P1 is the attempts')
//   P2  An answer that was cut keeps its words and loses its calls, so that no call can stay unanswered.
//   P3  A step ends with one StepComplete, whatever the model and the tools did.
//   P4  A call that changes something and cannot be repeated runs after the desk knows of it, so that no crash can make
//       it run twice.
import type { StepComplete, StepFinishReason } from "../contracts/events.ts";
import type { AssistantMessage } from "../contracts/message.ts";
import type { ProviderFailure } from "../contracts/provider.ts";
import type { SpanOutcome } from "../logging/span.ts";
import type { Answer, StepNames } from "./answer.ts";
import { type AskEnding, durationsOf } from "./ask.ts";
import { type Asked, askAnew, type TurnState } from "./attempts.ts";
import { replayPending } from "./replay.ts";
import type { TurnDesk, TurnPlan } from "./turn.ts";
import { contextSizeOf } from "./usage.ts";

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
    const resume = plan.resume?.stepCount === index ? plan.resume : undefined;
    const asked =
      resume?.pending == null
        ? await askAnew(index, names, plan, desk, state, span, resume?.retry)
        : replayPending(resume.pending, index, names, plan, desk, state, span);
    const { answered, stuck, failure } = await settle(asked, index, startedAtMs, plan, desk);
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
  asked: Asked,
  index: number,
  startedAtMs: number,
  plan: TurnPlan,
  desk: TurnDesk,
): Promise<{ readonly answered: Answered } & Omit<StepOutcome, "event">> {
  const { answer, ending, dispatch, provider, model } = asked;
  const wantsTools = ending.kind === "finished" && isAnswerable(ending.reason) && answer.calls.length > 0;
  if (wantsTools) await announceCalls(asked, index, startedAtMs, plan, desk);
  const dispatched = wantsTools ? await dispatch.finish() : await dispatch.abandon();
  const { aborted } = plan.signal;
  const whole = ending.kind === "finished" && !aborted;
  const message = messageOf(answer, provider, model, whole, whole && wantsTools);
  const answered: Answered = {
    provider,
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

/** Tells the desk of calls that are about to run, and waits where a crash must not make one of them run twice. */
async function announceCalls(
  { answer, times, dispatch, provider, model }: Asked,
  index: number,
  startedAtMs: number,
  plan: TurnPlan,
  desk: TurnDesk,
): Promise<void> {
  const message = messageOf(answer, provider, model, true, true);
  if (desk.beforeCalls === undefined || message === undefined || plan.signal.aborted) return;
  const { usage } = answer;
  const metrics = { startedAtMs, ...durationsOf(times) };
  const contextSize = contextSizeOf(usage);
  const stepId = `${plan.turnId}#${index}`;
  const pending = { stepId, index, provider, model, message, usage, contextSize, metrics };
  const mustBeStored = dispatch.holdsUnrepeatable;
  const told = desk.beforeCalls(pending, mustBeStored).catch((cause: unknown) => {
    throw new NotRecordedError(cause);
  });
  // Where it is not waited for, the next record says that the store refuses.
  if (!mustBeStored) told.catch(() => undefined);
  else await unlessAborted(told, plan.signal).catch((cause: unknown) => giveUp(dispatch, cause));
}

/** What was started early has nobody left to hear of it. */
async function giveUp(dispatch: Asked["dispatch"], cause: unknown): Promise<never> {
  await dispatch.abandon();
  throw cause;
}

/** The store refused while a step was in progress; `cause` is what it said. */
export class NotRecordedError extends Error {
  constructor(cause: unknown) {
    super("The step could not be recorded.", { cause });
    this.name = "NotRecordedError";
  }
}

async function unlessAborted(told: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal.addEventListener("abort", onAbort);
  try {
    await Promise.race([told, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
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
