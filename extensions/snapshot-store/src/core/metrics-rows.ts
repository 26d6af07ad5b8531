// The small rows that say what steps and turns took, made of the events that are about to be stored.
import type {
  DurableEvent,
  JsonValue,
  Key,
  Snapshot,
  SnapshotTurn,
  StepComplete,
  StepMetrics,
  TextPart,
  ToolOutcome,
  TurnDone,
  Usage,
} from "@lathe/kernel";
import { restoredKey, stepKey, turnBegunKey, turnDoneKey } from "./keys.ts";

export interface TurnBegunRow {
  readonly turnId: string;
  readonly runId: string;
  readonly agent: string;
  /** `provider/model` that it began with. */
  readonly model: string;
  readonly startedAtMs: number;
  /** The beginning of the user's message, and its end where it is long. */
  readonly preview: string;
}

export interface TurnDoneRow extends Pick<TurnDone, "finishReason" | "stepCount" | "durationMs" | "usage"> {
  /** Position of the turn's seal. */
  readonly lastSeq: number;
  readonly toolCallCount: number;
  readonly contextSize: number | null;
}

export interface StepRow {
  readonly stepId: string;
  readonly index: number;
  readonly provider: string;
  readonly model: string;
  readonly finishReason: StepComplete["finishReason"];
  readonly usage: Usage | null;
  readonly contextSize: number | null;
  readonly metrics: StepMetrics;
  readonly toolCalls: readonly ToolCallRow[];
}

export interface ToolCallRow {
  readonly name: string;
  readonly outcome: ToolOutcome;
  readonly durationMs: number;
}

interface Put {
  readonly key: Key;
  readonly value: JsonValue;
}

/** One row for each step, two for each turn (one when it begins, one when it is over), and one for each restore. */
export function metricsPuts(snapshot: Snapshot, events: readonly DurableEvent[]): Put[] {
  const puts: Put[] = [];
  let seq = snapshot.seq - countOf(events);
  for (const event of events) {
    seq++;
    if (event.type === "restored") {
      puts.push({ key: restoredKey(snapshot.conversationId, seq), value: event.toSeq });
    } else if (snapshot.turn !== null) {
      const put = putOf(event, seq, snapshot, snapshot.turn);
      if (put !== undefined) puts.push(put);
    }
  }
  return puts;
}

function putOf(event: DurableEvent, seq: number, snapshot: Snapshot, turn: SnapshotTurn): Put | undefined {
  const { conversationId } = snapshot;
  const { startSeq } = turn;
  if (event.type === "step-complete")
    return { key: stepKey(conversationId, seq), value: asJson(stepRow(event)) };
  if (event.type === "user-message" && seq === startSeq)
    return { key: turnBegunKey(conversationId, seq), value: asJson(begunRow(turn, event.content)) };
  if (event.type === "done") {
    const row = doneRow(event, snapshot.seq, turn);
    return { key: turnDoneKey(conversationId, startSeq), value: asJson(row) };
  }
  return undefined;
}

/** How many entries there will be: a turn's seal is stored with its `done`, also where only that is named. */
function countOf(events: readonly DurableEvent[]): number {
  return events.length + (events.at(-1)?.type === "done" ? 1 : 0);
}

function begunRow(turn: SnapshotTurn, content: readonly TextPart[]): TurnBegunRow {
  const { turnId, runId, agent, model, startedAtMs } = turn;
  return { turnId, runId, agent, model, startedAtMs, preview: previewOf(content) };
}

function doneRow(done: TurnDone, lastSeq: number, { toolCallCount }: SnapshotTurn): TurnDoneRow {
  const { finishReason, stepCount, durationMs, usage, contextSize } = done;
  return { lastSeq, finishReason, stepCount, toolCallCount, durationMs, usage, contextSize };
}

function stepRow(event: StepComplete): StepRow {
  const { stepId, index, provider, model, finishReason, usage, contextSize, metrics } = event;
  const toolCalls = toolCallRows(event);
  return { stepId, index, provider, model, finishReason, usage, contextSize, metrics, toolCalls };
}

function toolCallRows({ message, toolCalls }: StepComplete): readonly ToolCallRow[] {
  if (toolCalls.length === 0) return [];
  const names = new Map<string, string>();
  for (const part of message?.content ?? []) if (part.type === "tool-call") names.set(part.callId, part.name);
  return toolCalls.map(({ callId, outcome, durationMs }) => {
    return { name: names.get(callId) ?? "", outcome, durationMs };
  });
}

const headLength = 140;
const tailLength = 40;

/** At most a line or two, whatever was said. */
export function previewOf(content: readonly TextPart[]): string {
  let text = "";
  let tail = "";
  for (const part of content) {
    // Long parts are cut before they are joined: a message can be half a megabyte.
    if (text.length <= headLength + tailLength) text += part.text.slice(0, headLength + tailLength + 1);
    tail = (tail + part.text.slice(-tailLength)).slice(-tailLength);
  }
  if (text.length <= headLength + tailLength) return text.toWellFormed();
  return `${text.slice(0, headLength)} ... ${tail}`.toWellFormed();
}

function asJson(value: object): JsonValue {
  return value as JsonValue;
}
