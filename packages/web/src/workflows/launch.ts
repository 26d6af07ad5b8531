// Starts runs, each once: a press has one key, and whatever is lost on the way is sent again under the same.
import { ConnectionError } from "@lathe/client";
import type { Run } from "@lathe/kernel";
import { type NewRunInput, runsCreate } from "@lathe/wire/operations";
import { ask } from "../state/daemon.ts";
import { newKey } from "../state/new-key.ts";

const pausesMs = [500, 1_000, 2_000, 4_000];

/** How a run is asked for, and what is waited in between. */
export interface LaunchDesk {
  readonly create: (launch: NewRunInput, idempotencyKey: string) => Promise<Run>;
  readonly pause: (ms: number) => Promise<void>;
}

const daemonDesk: LaunchDesk = {
  create: (launch, idempotencyKey) => ask(runsCreate, launch, { idempotencyKey }),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Throws as the client does, after some more tries where the connection was lost: under one key that starts one run. */
export async function startRun(
  launch: NewRunInput,
  idempotencyKey: string,
  { create, pause }: LaunchDesk = daemonDesk,
): Promise<Run> {
  for (const pauseMs of pausesMs) {
    try {
      return await create(launch, idempotencyKey);
    } catch (failure) {
      if (!(failure instanceof ConnectionError)) throw failure;
      await pause(pauseMs);
    }
  }
  return await create(launch, idempotencyKey);
}

/** The key of a press. The same again where the last one came to no answer and nothing was changed since. */
export class PressKeys {
  #unanswered: { readonly json: string; readonly key: string } | undefined;

  keyFor(launch: NewRunInput): string {
    const json = JSON.stringify(launch);
    if (this.#unanswered?.json !== json) this.#unanswered = { json, key: newKey() };
    return this.#unanswered.key;
  }

  /** Somebody answered, with a run or a refusal: the next press is another one. */
  answered(): void {
    this.#unanswered = undefined;
  }
}
