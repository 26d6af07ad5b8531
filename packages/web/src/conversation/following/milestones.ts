// What is worth saying aloud of what happened between two views of a conversation: ends and troubles, never deltas.
import type { ConversationView, StepView, ToolCallView, TurnView } from "@lathe/wire";
import { finishWord } from "../turn/turn-endings.ts";

export function milestonesBetween(before: ConversationView, after: ConversationView): readonly string[] {
  const began = before.current;
  if (began === null || before === after) return [];
  const turn = after.current?.turnId === began.turnId ? after.current : sealedIn(after, began.turnId);
  if (turn === undefined || turn === began) return [];
  const inSteps = turn.steps.flatMap((step, at) => inStep(stepBefore(began, step, at), step));
  const ending = turn.status === "sealed" && began.status !== "sealed" ? [finishWord(turn)] : [];
  return [...inSteps, ...ending];
}

function sealedIn({ turns }: ConversationView, turnId: string): TurnView | undefined {
  return turns.findLast((turn) => turn.turnId === turnId);
}

function stepBefore({ steps }: TurnView, { stepId }: StepView, at: number): StepView | undefined {
  const held = steps[at];
  return held?.stepId === stepId ? held : undefined;
}

function inStep(before: StepView | undefined, after: StepView): readonly string[] {
  if (before === after) return [];
  const retry = after.retry !== null && after.retry !== before?.retry ? ["Retrying"] : [];
  const failed = after.parts.filter(
    (part): part is ToolCallView => part.type === "tool-call" && isFailed(part),
  );
  const known = new Set(
    before?.parts.map((part) => (part.type === "tool-call" && isFailed(part) ? part.callId : "")),
  );
  return [
    ...retry,
    ...failed.filter(({ callId }) => !known.has(callId)).map(({ name }) => `Tool ${name} failed`),
  ];
}

function isFailed({ status, outcome, isError }: ToolCallView): boolean {
  return (
    status === "done" && (outcome === null ? isError === true : outcome !== "ok" && outcome !== "aborted")
  );
}
