import {
  type Conversation,
  type DurableEvent,
  type Entry,
  type ExecBackend,
  type ModelChoice,
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
import type { TurnServiceParts } from "./turn-service.ts";

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
  });
  let seal: Entry | undefined;
  const record = async (events: readonly DurableEvent[]): Promise<void> => {
    const recorded = await parts.recorder.record(turn, prepared.live, events);
    parts.transcripts.advance(turn.conversationId, recorded.entries);
    seal = recorded.seal;
  };
  try {
    const desk = { ...deskOf(prepared, parts, span), record };
    const done = await runTurn(planOf(prepared, parts), desk);
    const outcome =
      done.finishReason === "error" ? "error" : done.finishReason === "aborted" ? "aborted" : "ok";
    span.close(outcome, { finishReason: done.finishReason, stepCount: done.stepCount, ...done.usage });
    return seal;
  } catch (failure) {
    span.close("error", { finishReason: "not-recorded" });
    throw failure;
  }
}

function planOf(prepared: PreparedTurn, parts: TurnServiceParts): TurnPlan {
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
    signal: prepared.signal,
  };
}

function deskOf({ live }: PreparedTurn, parts: TurnServiceParts, span: Span): Omit<TurnDesk, "record"> {
  const { clock, timers, ids, logger } = parts;
  return {
    emit: (event) => live.publishTransient(event),
    now: () => clock.nowMs(),
    monotonic: () => clock.monotonicMs(),
    newId: (prefix) => ids.newId(prefix),
    sleep: (ms, signal) => timers.sleep(ms, signal),
    after: (ms, callback) => timers.after(ms, callback),
    logger,
    span,
  };
}
