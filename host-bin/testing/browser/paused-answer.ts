// A model's answer that goes on when the test says so.
import { chatEnd, chatText } from "../chat-answers.ts";
import type { ModelAnswer } from "../misbehaving-model-server.ts";

export interface PausedAnswer extends ModelAnswer {
  /** Lets what stands behind the next pause through. */
  release(): void;
}

/** The words of each part come at once, as one delta each; before each further part the model waits. */
export function pausedAnswer(...parts: readonly (readonly string[])[]): PausedAnswer {
  const gates = parts.slice(1).map(() => Promise.withResolvers<void>());
  let released = 0;
  const pieces = parts.flatMap((words, at) => {
    const gate = gates[at - 1];
    const texts = words.map((word) => chatText(`${word} `));
    return gate === undefined ? texts : [() => gate.promise, ...texts];
  });
  return {
    pieces: [...pieces, chatEnd()],
    release: () => {
      gates[released]?.resolve();
      released += 1;
    },
  };
}

/** `w0`, `w1`, ... so that one that is missing or doubled is seen. */
export function words(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `w${from + index}`);
}
