// Which turns somebody has asked to stop, as the registry of runs keeps it: a daemon that comes after this one must not go
// on with them. Without a registry nothing of it outlives the process.
import type { FailpointsPower, Runs, Storage } from "@lathe/kernel";

export interface StopRequestsDesk {
  readonly runs: Pick<Runs, "askToStop" | "wasAskedToStop"> | undefined;
  /** Of the extension; it carries the registry's changes to the disk. */
  readonly storage: Pick<Storage, "commit">;
  readonly failpoint: FailpointsPower;
}

export class StopRequests {
  readonly #desk: StopRequestsDesk;

  constructor(desk: StopRequestsDesk) {
    this.#desk = desk;
  }

  /** Settles when it is durable that the turn of this run was asked to stop. Throws what the store throws. */
  async note(runId: string): Promise<void> {
    const { runs, storage, failpoint } = this.#desk;
    if (runs !== undefined) await storage.commit({}, runs.askToStop(runId));
    failpoint("stop-is-stored");
  }

  /** Whether it was, by itself or with a run above it. */
  async has(runId: string): Promise<boolean> {
    return (await this.#desk.runs?.wasAskedToStop(runId)) ?? false;
  }
}
