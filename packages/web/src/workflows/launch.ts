// Starts runs, each once: a press has one key, and whatever is lost on the way is sent again under the same.
import type { Run } from "@lathe/kernel";
import { type NewRunInput, runsCreate } from "@lathe/wire/operations";
import { untilAnswered } from "../state/ask-once.ts";
import { ask } from "../state/daemon.ts";

/** How a run is asked for, and what is waited in between. */
export interface LaunchDesk {
  readonly create: (launch: NewRunInput, idempotencyKey: string) => Promise<Run>;
  readonly pause?: (ms: number) => Promise<void>;
}

const daemonDesk: LaunchDesk = {
  create: (launch, idempotencyKey) => ask(runsCreate, launch, { idempotencyKey }),
};

/** Throws as the client does, after some more tries where the connection was lost: under one key that starts one run. */
export function startRun(
  launch: NewRunInput,
  idempotencyKey: string,
  { create, pause }: LaunchDesk = daemonDesk,
): Promise<Run> {
  return untilAnswered(() => create(launch, idempotencyKey), pause);
}
