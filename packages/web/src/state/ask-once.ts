// What must be done once, however often it is asked for: a press has one key, and whatever is lost on the way is asked again
// under the same.
import { ConnectionError } from "@lathe/client";
import { newKey } from "./new-key.ts";

const pausesMs = [500, 1_000, 2_000, 4_000];

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks, and some more times where the connection was lost: `ask` says the same key each time. Throws as it does. */
export async function untilAnswered<Answer>(
  ask: () => Promise<Answer>,
  pause: (ms: number) => Promise<void> = sleep,
): Promise<Answer> {
  for (const pauseMs of pausesMs) {
    try {
      return await ask();
    } catch (failure) {
      if (!(failure instanceof ConnectionError) || failure.code === "closed") throw failure;
      await pause(pauseMs);
    }
  }
  return await ask();
}

/** The key of a press. The same again where the last one came to no answer and nothing was changed since. */
export class PressKeys {
  #unanswered: { readonly json: string; readonly key: string } | undefined;

  keyFor(asked: object): string {
    const json = JSON.stringify(asked);
    if (this.#unanswered?.json !== json) this.#unanswered = { json, key: newKey() };
    return this.#unanswered.key;
  }

  /** Somebody answered, with what was asked for or a refusal: the next press is another one. */
  answered(): void {
    this.#unanswered = undefined;
  }
}
