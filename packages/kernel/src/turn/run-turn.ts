// The turn: ask the model, run what it calls for, tell it the results, until it has nothing more to ask.
//
// Pure: the provider, the tools, the clock, the ids, the waiting, the store and the listeners are all handed in.
//
// Invariants
//   R1  Exactly one `done` is recorded on every path, as the last event of the turn, in one commit with the step
//       before it. (Only where the store itself refuses, runTurn rejects, and there is none.)
//   R2  The transcript grows by what `record` has accepted, and by nothing else.
import type { Steering, TurnDone, TurnFailure, TurnFinishReason } from "../contracts/events.ts";
import type { UserMessage } from "../contracts/message.ts";
import type { Usage } from "../contracts/usage.ts";
import type { TurnState } from "./attempts.ts";
import { nameOf, placeOf } from "./cause.ts";
import { RepeatGuard } from "./repeat-guard.ts";
import { NotRecordedError, runStep, type StepOutcome } from "./step.ts";
import type { TurnDesk, TurnPlan } from "./turn.ts";
import { addUsage, noUsage } from "./usage.ts";

/**
 * Runs one turn to its end and returns how it ended.
 *
 * Expected endings (an error of the provider, an abort, a limit) are finish reasons of the returned event, and so is a
 * desk or a plan that breaks its promises: `error`, with a failure of the kind `internal`. Rejects only with what
 * `desk.record` or `desk.beforeCalls` rejected with.
 */
export async function runTurn(plan: TurnPlan, desk: TurnDesk): Promise<TurnDone> {
  const startedMs = desk.monotonic();
  const state: TurnState = { modelIndex: 0, promptHeads: new Map(), guard: new RepeatGuard() };
  const sum = beginSum(plan);
  const { ending, last } = await takeSteps(sum, plan, desk, state).finally(() => releaseBudget(desk));
  const done = doneEvent(plan, ending, sum, durationOf(plan, desk, startedMs));
  await desk.record(last === undefined ? [done] : [last.event, done]);
  if (last !== undefined) appendStep(plan, last);
  return done;
}

interface Ended {
  readonly ending: Ending;
  /** The step that the turn ended with; it is not recorded yet. */
  readonly last?: StepOutcome;
}

/** Takes one step after the other until there is a reason to end, and records all but the last. */
async function takeSteps(sum: Sum, plan: TurnPlan, desk: TurnDesk, state: TurnState): Promise<Ended> {
  for (;;) {
    const next = await takeStep(sum.stepCount, plan, desk, state);
    if (next.kind === "no-step") return { ending: next.ending };
    addStep(sum, next.step);
    const ending = judge(next.step, sum.stepCount, plan);
    if (ending !== undefined) return { ending, last: next.step };
    await recordAndAppend(plan, desk, next.step);
  }
}

/** What was asked and answered stays so: a budget that cannot be given back does not cost the turn. */
function releaseBudget(desk: TurnDesk): void {
  try {
    desk.budget?.release();
  } catch (cause) {
    const attributes = { error: nameOf(cause), place: placeOf(cause) };
    desk.span.log("error", "The budget could not be given back.", attributes);
  }
}

type Taken =
  | { readonly kind: "step"; readonly step: StepOutcome }
  | { readonly kind: "no-step"; readonly ending: Ending };

async function takeStep(index: number, plan: TurnPlan, desk: TurnDesk, state: TurnState): Promise<Taken> {
  if (plan.signal.aborted) return { kind: "no-step", ending: { reason: "aborted" } };
  try {
    if (!isPaid(index, plan) && desk.budget?.reserve() === false)
      return { kind: "no-step", ending: { reason: "over-budget" } };
    return { kind: "step", step: await runStep(index, plan, desk, state) };
  } catch (cause) {
    if (cause instanceof NotRecordedError) throw cause.cause;
    return { kind: "no-step", ending: brokenPromise(cause, desk) };
  }
}

/** The answer was there before a crash: only its calls are left. */
function isPaid(index: number, { resume }: TurnPlan): boolean {
  return resume?.stepCount === index && resume.pending !== null;
}

/** The message of what was thrown may hold anything, so only its name and its place are told. */
function brokenPromise(cause: unknown, desk: TurnDesk): Ending {
  const error = nameOf(cause);
  desk.span.log("error", "A step broke off.", { error, place: placeOf(cause) });
  const message = `Something inside of the daemon broke (${error}). The log names the place; send the message again.`;
  return { reason: "error", failure: { kind: "internal", message } };
}

/** A step in the middle of a turn: input that waits to be heard joins the transcript behind it. */
async function recordAndAppend(plan: TurnPlan, desk: TurnDesk, step: StepOutcome): Promise<void> {
  const steering = await hearSteering(plan, desk);
  await desk.record([step.event, ...steering.map((message) => steeringEvent(step, message))]);
  appendStep(plan, step);
  for (const message of steering) plan.transcript.append(message);
}

/** What waits to be heard. An abort does not wait for it, and a queue that fails costs neither the step nor the turn. */
async function hearSteering({ signal }: TurnPlan, desk: TurnDesk): Promise<readonly UserMessage[]> {
  if (desk.drainSteering === undefined) return [];
  const aborted = Promise.withResolvers<readonly UserMessage[]>();
  const onAbort = () => aborted.resolve([]);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([desk.drainSteering(signal), aborted.promise]);
  } catch (cause) {
    const attributes = { error: nameOf(cause), place: placeOf(cause) };
    desk.span.log("error", "The input that waits could not be taken.", attributes);
    return [];
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

interface Sum {
  usage: Usage;
  contextSize: number | null;
  stepCount: number;
}

interface Ending {
  readonly reason: TurnFinishReason;
  readonly failure?: TurnFailure;
}

function beginSum({ resume }: TurnPlan): Sum {
  if (resume === undefined) return { usage: noUsage, contextSize: null, stepCount: 0 };
  const { usage, contextSize, stepCount } = resume;
  return { usage, contextSize, stepCount };
}

/** A turn that goes on after a crash took the time in between as well, as far as the clock can tell. */
function durationOf({ resume }: TurnPlan, desk: TurnDesk, startedMs: number): number {
  if (resume === undefined) return desk.monotonic() - startedMs;
  return Math.max(0, desk.now() - resume.startedAtMs);
}

function addStep(sum: Sum, step: StepOutcome): void {
  sum.stepCount++;
  if (step.event.usage !== null) sum.usage = addUsage(sum.usage, step.event.usage);
  sum.contextSize = step.event.contextSize ?? sum.contextSize;
}

function judge(step: StepOutcome, stepCount: number, plan: TurnPlan): Ending | undefined {
  const { finishReason } = step.event;
  if (step.failure !== undefined) {
    return { reason: "error", failure: { kind: step.failure.kind, message: step.failure.message } };
  }
  if (finishReason !== "tool-calls") return { reason: finishReason };
  if (step.stuck) return { reason: "stuck" };
  const { stepCountMax } = plan.limits;
  return stepCountMax > 0 && stepCount >= stepCountMax ? { reason: "max-steps" } : undefined;
}

function steeringEvent(step: StepOutcome, message: UserMessage): Steering {
  const { conversationId, turnId, stepId } = step.event;
  return { type: "steering", conversationId, turnId, stepId, content: message.content };
}

function appendStep(plan: TurnPlan, step: StepOutcome): void {
  if (step.event.message !== undefined) plan.transcript.append(step.event.message);
  for (const result of step.event.toolResults) plan.transcript.append(result);
}

function doneEvent(plan: TurnPlan, ending: Ending, sum: Sum, durationMs: number): TurnDone {
  return {
    type: "done",
    conversationId: plan.conversationId,
    turnId: plan.turnId,
    finishReason: ending.reason,
    stepCount: sum.stepCount,
    durationMs,
    usage: sum.usage,
    contextSize: sum.contextSize,
    ...(ending.failure === undefined ? {} : { failure: ending.failure }),
  };
}
