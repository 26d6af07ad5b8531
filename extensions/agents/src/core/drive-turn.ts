import {
  type Conversation,
  type Entry,
  type ExecBackend,
  type ModelChoice,
  type ResumePoint,
  runTurn,
  type Span,
  type Transcript,
  type TurnDesk,
  type TurnPlan,
} from "@lathe/kernel";
import type { AgentDefinition } from "./agent-definitions.ts";
import type { LiveConversation } from "./live-conversation.ts";
import { modelNameOf } from "./models.ts";
import type { RunningTurn } from "./recorder.ts";
import { budgetOf } from "./turn-budget.ts";
import { TurnOutbox } from "./turn-outbox.ts";
import type { TurnServiceParts } from "./turn-service-parts.ts";

/** A turn whose input is stored, and everything that it needs to run. */
export interface PreparedTurn {
  readonly turn: RunningTurn;
  readonly conversation: Conversation;
  readonly agent: AgentDefinition;
  readonly models: readonly [ModelChoice, ...ModelChoice[]];
  readonly exec: ExecBackend;
  readonly transcript: Transcript;
  readonly live: LiveConversation;
  readonly signal: AbortSignal;
  /** Where the turn goes on; undefined where it begins. */
  readonly resume: ResumePoint | undefined;
}

/** Runs the turn to its end. Resolves with its seal, to be shown. Rejects only where its events could not be stored. */
export async function driveTurn(prepared: PreparedTurn, parts: TurnServiceParts): Promise<Entry | undefined> {
  const { turn, agent, models } = prepared;
  const span = parts.logger.openSpan("turn", {
    conversationId: turn.conversationId,
    turnId: turn.turnId,
    runId: turn.runId,
    agent: agent.name,
    model: modelNameOf(models[0]),
    ...(prepared.resume === undefined ? {} : { resumed: true }),
  });
  const ending = new AbortController();
  const onAbort = () => ending.abort();
  prepared.signal.addEventListener("abort", onAbort);
  if (prepared.signal.aborted) ending.abort();
  const outbox = openOutbox(prepared, parts, ending);
  try {
    const done = await runTurn(planOf(prepared, parts, ending.signal), deskOf(outbox, turn, parts, span));
    const outcome =
      done.finishReason === "error" ? "error" : done.finishReason === "aborted" ? "aborted" : "ok";
    span.close(outcome, { finishReason: done.finishReason, stepCount: done.stepCount, ...done.usage });
    return outbox.seal;
  } catch (failure) {
    span.close("error", { finishReason: "not-recorded" });
    throw failure;
  } finally {
    outbox.close();
    prepared.signal.removeEventListener("abort", onAbort);
  }
}

/** What cannot be stored ends the turn: it would only go on for nobody. */
function openOutbox(
  { turn, live }: PreparedTurn,
  parts: TurnServiceParts,
  ending: AbortController,
): TurnOutbox {
  return new TurnOutbox({
    store: async (events, withFlight) => {
      const recorded = await parts.recorder.record(turn, events, withFlight);
      parts.transcripts.advance(turn.conversationId, recorded.entries);
      return recorded;
    },
    showEntries: (entries) => live.publishEntries(entries),
    showTransient: (event) => live.publishTransient(event),
    onFailed: () => ending.abort(),
    inFlight: turn.inFlight,
    hold: () => parts.recorder.hold(turn),
    monotonic: () => parts.clock.monotonicMs(),
    after: (ms, callback) => parts.timers.after(ms, callback),
  });
}

function planOf(prepared: PreparedTurn, parts: TurnServiceParts, signal: AbortSignal): TurnPlan {
  const { turn, conversation, agent, exec } = prepared;
  const { tools, declarations } = parts.toolbox.toolsOf(agent);
  return {
    conversationId: turn.conversationId,
    turnId: turn.turnId,
    system: `${agent.prompt}\n\nYour working directory is ${conversation.cwd}.`,
    transcript: prepared.transcript,
    models: prepared.models,
    tools,
    declarations,
    workplace: { cwd: conversation.cwd, computer: exec.computer, environment: {}, exec },
    limits: agent.limits,
    retry: agent.retry,
    signal,
    ...(prepared.resume === undefined ? {} : { resume: prepared.resume }),
  };
}

function deskOf(outbox: TurnOutbox, turn: RunningTurn, parts: TurnServiceParts, span: Span): TurnDesk {
  const { clock, timers, ids, logger, redactor, failpoint } = parts;
  const { spending } = turn;
  const budget = spending?.budget ?? budgetOf(turn.runId, parts.budgets);
  return {
    emit: (event) => outbox.say(event),
    record: (events) => {
      spending?.mark(events);
      return outbox.record(events);
    },
    now: () => clock.nowMs(),
    monotonic: () => clock.monotonicMs(),
    newId: (prefix) => ids.newId(prefix),
    sleep: (ms, signal) => timers.sleep(ms, signal),
    after: (ms, callback) => timers.after(ms, callback),
    logger,
    span,
    ...(redactor === undefined ? {} : { redactor }),
    ...(budget === undefined ? {} : { budget }),
    beforeCalls: async (step, mustBeStored) => {
      turn.inFlight.noteCalls(step);
      if (mustBeStored) await outbox.holdNow();
      else outbox.holdSoon();
      failpoint("calls-are-announced");
    },
    onRetry: (progress) => {
      turn.inFlight.noteRetry(progress);
      outbox.holdSoon();
      failpoint("attempt-has-failed");
    },
  };
}
