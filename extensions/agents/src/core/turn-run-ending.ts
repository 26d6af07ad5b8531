import type { RunEnding, TurnDone, TurnFinishReason } from "@lathe/kernel";

/**
 * What a turn that ended so means for its run. An answer that is not whole is a success with a note: whoever asked got
 * what there is, and is told why there is no more.
 *
 * @param answer the text of the last answer; null where there is none
 */
export function runEndingOf(done: TurnDone, answer: string | null): Omit<RunEnding, "lastSeq"> {
  const { status, message } = endings[done.finishReason];
  const error = message === null ? null : { code: done.finishReason, message };
  const cause =
    done.failure === undefined ? error : { code: done.failure.kind, message: done.failure.message };
  return { status, usage: done.usage, result: answer, error: cause };
}

const endings: Readonly<
  Record<TurnFinishReason, { readonly status: RunEnding["status"]; readonly message: string | null }>
> = {
  stop: { status: "succeeded", message: null },
  length: {
    status: "succeeded",
    message: "The answer was cut: it reached the largest length that the model gives.",
  },
  "content-filter": { status: "succeeded", message: "The provider's content filter ended the answer." },
  "max-steps": { status: "succeeded", message: "The turn ended at its limit of model calls." },
  error: { status: "failed", message: "The turn failed." },
  stuck: { status: "failed", message: "The turn was ended, since the model did the same again and again." },
  "over-budget": {
    status: "failed",
    message: "The turn ended at its budget: what is left of it is too little for another step.",
  },
  aborted: { status: "stopped", message: null },
  interrupted: { status: "interrupted", message: "The daemon ended in the middle of the turn." },
};
