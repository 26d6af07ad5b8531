// How far a turn has come, as its snapshot says it. Values in, values out.
import {
  type AssistantMessage,
  addUsage,
  type DurableEvent,
  noUsage,
  type RunSpending,
  type Snapshot,
  type SnapshotState,
  type SnapshotTurn,
  type TurnFinishReason,
} from "@lathe/kernel";

export interface NewTurn {
  readonly turnId: string;
  readonly runId: string;
  readonly agent: string;
  readonly model: string;
  readonly startedAtMs: number;
  readonly budget?: RunSpending;
}

/** The snapshot of a turn that begins behind `lastSeq`, before its first entry. */
export function beginTurn(conversationId: string, lastSeq: number, turn: NewTurn): Snapshot {
  return {
    conversationId,
    state: "in_progress",
    seq: lastSeq,
    turn: {
      ...turn,
      startSeq: lastSeq + 1,
      stepCount: 0,
      toolCallCount: 0,
      usage: noUsage,
      contextSize: null,
      resumeCount: 0,
      retry: null,
    },
    pending: null,
  };
}

/** The snapshot behind these events. A step that is complete is no longer pending, and has no retries ahead. */
export function advance(snapshot: Snapshot, events: readonly DurableEvent[]): Snapshot {
  let { state, turn, pending } = snapshot;
  for (const event of events) {
    if (event.type === "step-complete" && turn !== null) {
      turn = {
        ...turn,
        stepCount: turn.stepCount + 1,
        toolCallCount: turn.toolCallCount + event.toolResults.length,
        usage: event.usage === null ? turn.usage : addUsage(turn.usage, event.usage),
        contextSize: event.contextSize ?? turn.contextSize,
        resumeCount: 0,
        retry: null,
      };
      if (pending?.stepId === event.stepId) pending = null;
    } else if (event.type === "done") {
      state = stateAfter(event.finishReason);
      pending = null;
      if (turn !== null) turn = { ...turn, retry: null };
    }
  }
  return { ...snapshot, state, turn, pending, seq: snapshot.seq + events.length };
}

/** Whether the snapshot's turn is not over. */
export function isUnfinished(snapshot: Snapshot): snapshot is Snapshot & { readonly turn: SnapshotTurn } {
  return snapshot.turn !== null && (snapshot.state === "in_progress" || snapshot.state === "awaiting_input");
}

/** What an answer says, without reasoning and calls; null where it says nothing. */
export function textOf(message: AssistantMessage | undefined): string | null {
  const text = (message?.content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
  return text === "" ? null : text;
}

function stateAfter(reason: TurnFinishReason): SnapshotState {
  return reason === "interrupted" ? "interrupted" : "idle";
}
