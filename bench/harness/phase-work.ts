// Turns a phase into the work that it repeats, and checks that the subject did all of it.

import { answerText, parseModelName } from "../fake-model/answer-plan.ts";
import type { HistoryMessage, Session, TurnResult } from "../subject.ts";
import { createHistory, prompt } from "./conversation.ts";
import type { Phase } from "./phase.ts";
import { createRawPost } from "./raw-post.ts";

export interface PhaseWork {
  /** Makes ready what the next `count` runs need; not measured. */
  prepare(count: number): Promise<void>;
  run(): Promise<void>;
}

export async function createPhaseWork(phase: Phase, session: Session, baseUrl: string): Promise<PhaseWork> {
  const history = createHistory(phase.historyCount);
  if (phase.kind === "turns") return turnWork(phase, session, history);
  return { prepare: () => Promise.resolve(), run: await createRawPost(baseUrl, phase.model, history) };
}

function turnWork({ model }: Phase, session: Session, history: readonly HistoryMessage[]): PhaseWork {
  const plan = parseModelName(model);
  if (plan === undefined) throw new Error(`Not a model name of the fake model server: ${model}`);
  const expected = { text: answerText(plan), steps: plan.steps + 1 };
  const run = async (): Promise<void> => {
    let streamedLength = 0;
    const onText = (text: string): void => {
      streamedLength += text.length;
    };
    const result = await session.turn({ history, text: prompt, model, onText });
    checkTurn(result, streamedLength, expected);
  };
  return { prepare: async (count) => session.prepare?.(history, count), run };
}

// A subject that loses work would look fast.
function checkTurn(
  result: TurnResult,
  streamedLength: number,
  expected: { text: string; steps: number },
): void {
  if (result.steps !== expected.steps) {
    throw new Error(`The turn took ${result.steps} model calls instead of ${expected.steps}.`);
  }
  if (result.text !== expected.text) throw new Error("The turn's text is not what the model said.");
  if (streamedLength !== expected.text.length) {
    throw new Error(`${streamedLength} characters were streamed instead of ${expected.text.length}.`);
  }
}
