// Renders answers as server-sent events of the chat completions API, once per kind of answer.
//
// Only the ids of the tool calls differ from one answer to the next: the rendered text is kept cut
// at the places where the number of the request belongs.

import { type AnswerPlan, chunkText, formatModelName } from "./answer-plan.ts";

export interface RenderedAnswer {
  /** One piece per chunk that a paced answer sends on its own. */
  readonly pieces: readonly string[];
  /** The whole answer in one buffer; the number belongs into the ids of tool calls. */
  render(requestNumber: number): Buffer;
}

export interface AnswerSettings {
  readonly plan: AnswerPlan;
  readonly toolName: string;
  readonly includeUsage: boolean;
}

export const promptTokenCount = 100;
const numberPlace = "@request@";

/** Renders the step `stepIndex` of a turn: tool calls, or the final answer after `plan.steps` steps. */
export function renderAnswer(settings: AnswerSettings, stepIndex: number): RenderedAnswer {
  const isFinal = stepIndex >= settings.plan.steps;
  const deltas = isFinal ? textDeltas(settings.plan) : toolCallDeltas(settings, stepIndex);
  const pieces = deltas.map((delta) => frame(settings, { choices: [choice(delta, null)] }));
  const head = frame(settings, {
    choices: [choice({ role: "assistant", content: isFinal ? "" : null }, null)],
  });
  const tail = ending(settings, isFinal ? "stop" : "tool_calls", deltas.length);
  return answerOf([head + (pieces.shift() ?? ""), ...pieces], tail);
}

function answerOf(openPieces: readonly string[], tail: string): RenderedAnswer {
  const pieces = openPieces.with(-1, (openPieces.at(-1) ?? "") + tail);
  const cut = pieces.join("").split(numberPlace);
  const whole = Buffer.from(cut.join(""));
  const render = (requestNumber: number): Buffer =>
    cut.length === 1 ? whole : Buffer.from(cut.join(requestNumber.toString(36)));
  return { pieces, render };
}

/** Puts the number of the request into a piece that is sent on its own. */
export function numberPiece(piece: string, requestNumber: number): string {
  return piece.replaceAll(numberPlace, requestNumber.toString(36));
}

function textDeltas(plan: AnswerPlan): object[] {
  return Array.from({ length: plan.chunks }, (_, index) => ({ content: chunkText(index, plan.bytes) }));
}

// As the real API does: the name and the id come first, the arguments in a chunk of their own.
function toolCallDeltas({ plan, toolName }: AnswerSettings, stepIndex: number): object[] {
  const deltas: object[] = [];
  for (let index = 0; index < plan.calls; index += 1) {
    const id = `call_${numberPlace}_${stepIndex}_${index}`;
    const input = JSON.stringify({ key: `step-${stepIndex}-call-${index}` });
    deltas.push({
      tool_calls: [{ index, id, type: "function", function: { name: toolName, arguments: "" } }],
    });
    deltas.push({ tool_calls: [{ index, function: { arguments: input } }] });
  }
  return deltas;
}

function ending(settings: AnswerSettings, finishReason: string, completionTokenCount: number): string {
  const finish = frame(settings, { choices: [choice({}, finishReason)] });
  const usage = {
    prompt_tokens: promptTokenCount,
    completion_tokens: completionTokenCount,
    total_tokens: promptTokenCount + completionTokenCount,
  };
  const last = settings.includeUsage ? frame(settings, { choices: [], usage }) : "";
  return `${finish}${last}data: [DONE]\n\n`;
}

function choice(delta: object, finishReason: string | null): object {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason };
}

function frame({ plan }: AnswerSettings, body: object): string {
  const common = {
    id: "chatcmpl-fake",
    object: "chat.completion.chunk",
    created: 0,
    model: formatModelName(plan),
  };
  return `data: ${JSON.stringify({ ...common, ...body })}\n\n`;
}
