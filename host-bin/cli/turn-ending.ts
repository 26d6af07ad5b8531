import type { TurnDone, TurnFinishReason } from "@lathe/kernel";
import { exitCodes } from "../exit-codes.ts";

/** The exit code of a turn that nobody interrupted. */
export function exitCodeOf({ finishReason }: TurnDone): number {
  return finishReason === "stop" ? exitCodes.ok : exitCodes.failed;
}

/** Why there is no whole answer, in one sentence; undefined where there is one. */
export function endingSentence({ finishReason, failure }: TurnDone): string | undefined {
  if (finishReason === "stop") return undefined;
  if (failure !== undefined) {
    const advice = failure.kind === "model-not-found" ? " See what there is with: lathe models" : "";
    return `The turn failed (${failure.kind}): ${failure.message}${advice}`;
  }
  return sentences[finishReason];
}

const sentences: Readonly<Record<Exclude<TurnFinishReason, "stop">, string>> = {
  length: "The answer was cut: it reached the largest length that the model gives.",
  "content-filter": "The provider's content filter ended the answer.",
  "max-steps": "The turn ended at its limit of model calls. Send a message to go on.",
  error: "The turn failed. Send the message again.",
  aborted: "The turn was stopped.",
  stuck: "The turn was ended, since the model did the same again and again.",
  "over-budget": "The turn ended at its budget: what is left of it is too little for another step.",
  interrupted: "The daemon ended in the middle of the turn. Send a message to go on.",
};
