// Writes an answer to a response: in one write, or chunk by chunk at the pace of its plan.

import type { ServerResponse } from "node:http";
import type { AnswerPlan } from "./answer-plan.ts";
import { numberPiece, type RenderedAnswer } from "./rendered-answer.ts";

const streamHeaders = { "content-type": "text/event-stream", "cache-control": "no-cache" };

export function writeAnswer(
  response: ServerResponse,
  answer: RenderedAnswer,
  plan: AnswerPlan,
  requestNumber: number,
): void {
  response.writeHead(200, streamHeaders);
  if (plan.delay > 0) writePaced(response, answer, plan, requestNumber);
  else if (plan.first > 0) writeLate(response, answer, plan, requestNumber);
  else writeWhole(response, answer, requestNumber);
}

// The headers go out at once: a client sees the status before the first token, as with a real server.
function writeLate(
  response: ServerResponse,
  answer: RenderedAnswer,
  plan: AnswerPlan,
  requestNumber: number,
): void {
  response.flushHeaders();
  const timer = setTimeout(() => writeWhole(response, answer, requestNumber), plan.first);
  response.on("close", () => clearTimeout(timer));
}

// After `writeHead` the body is framed as a stream of unknown length, as a real answer is, also in one write.
function writeWhole(response: ServerResponse, answer: RenderedAnswer, requestNumber: number): void {
  response.end(answer.render(requestNumber));
}

// The schedule is absolute, so that a late timer does not lower the pace of the rest.
function writePaced(
  response: ServerResponse,
  answer: RenderedAnswer,
  plan: AnswerPlan,
  requestNumber: number,
): void {
  const startsAtMs = performance.now() + plan.first + phaseMs(plan, requestNumber);
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const writeDue = (): void => {
    response.write(numberPiece(answer.pieces[next] ?? "", requestNumber));
    next += 1;
    if (next < answer.pieces.length) schedule();
    else response.end();
  };
  const schedule = (): void => {
    const dueMs = startsAtMs + next * plan.delay;
    timer = setTimeout(writeDue, Math.max(0, dueMs - performance.now()));
  };
  response.flushHeaders();
  response.on("close", () => clearTimeout(timer));
  schedule();
}

// Answers that start together would send every chunk in the same instant, and the client would read
// them in one wake-up. Real answers are spread over the interval; the golden ratio spreads these.
function phaseMs(plan: AnswerPlan, requestNumber: number): number {
  return plan.delay * ((requestNumber * 0.618034) % 1);
}
