// Stops runs with everything that they started.
//
// Invariants
//   S1  A run that was asked to stop is shown as `stopping` from then on, until it has stopped or could not be.
//   S2  Whatever a run of the tree starts while the tree is being stopped is stopped, too.
//   S3  Whoever has asked is answered when that is durable: a daemon that comes after this one stops what is left.
import type { Contributions, Logger, Run, RunKind } from "@lathe/kernel";
import { isOver } from "./keys.ts";
import type { RunTable } from "./run-table.ts";

export interface StoppingDesk {
  readonly table: RunTable;
  readonly kinds: Pick<Contributions<RunKind>, "get">;
  readonly logger: Logger;
  /** Called when a run begins to be shown as `stopping`, and when it is not any more. */
  readonly onShownAnew: (runId: string) => void;
}

export class Stopping {
  readonly #desk: StoppingDesk;
  readonly #asked = new Set<string>();

  constructor(desk: StoppingDesk) {
    this.#desk = desk;
  }

  isStopping(runId: string): boolean {
    return this.#asked.has(runId);
  }

  /** The run as callers see it. */
  shown(run: Run): Run {
    return this.isStopping(run.id) && !isOver(run) ? { ...run, status: "stopping" } : run;
  }

  /**
   * Asks the run and everything below it to stop; settles when that is durable, with the run as callers see it from then
   * on. Throws what the store throws; what can be stopped by this daemon is being stopped all the same.
   */
  async ask(run: Run): Promise<Run> {
    const { table } = this.#desk;
    // What it has started may still be going on.
    if (isOver(run) && (await this.unfinishedOf(run.id)).length === 0) return run;
    // In this order: it is on disk by the time that anything has stopped.
    const noted = table.noteStopAsked(run.id);
    this.#begin(run);
    await noted;
    return isOver(run) ? run : { ...run, status: "stopping" };
  }

  /** Goes on with what earlier daemons were asked to stop, and executors have not ended by themselves. Never rejects. */
  async goOn(): Promise<void> {
    const { table, logger } = this.#desk;
    try {
      for (const run of await table.activeWhere(() => true))
        if (await table.wasAskedToStop(run.id)) this.#begin(run);
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : String(failure);
      logger.log("error", "Runs that were asked to stop could not be looked for.", { reason });
    }
  }

  /** The runs below this one, and it, that are not over; those that are over are looked through. */
  async unfinishedOf(root: string): Promise<readonly Run[]> {
    const { table } = this.#desk;
    const unfinished: Run[] = [];
    const seen = new Set<string>();
    for (let level: readonly string[] = [root]; level.length > 0; ) {
      const below: string[] = [];
      for (const id of level) {
        if (seen.has(id)) continue;
        seen.add(id);
        const run = await table.get(id);
        if (run !== undefined && !isOver(run)) unfinished.push(run);
        below.push(...(await table.childIds(id)));
      }
      level = below;
    }
    return unfinished;
  }

  /** Nothing happens where it is being stopped already. */
  #begin(run: Run): void {
    if (this.#asked.has(run.id)) return;
    this.#stopTree(run).catch((failure: unknown) => this.#report(run, failure));
  }

  async #stopTree(root: Run): Promise<void> {
    const known = new Set([root.id]);
    const findNew = async (): Promise<readonly Run[]> => {
      const found = (await this.unfinishedOf(root.id)).filter(({ id }) => !known.has(id));
      for (const { id } of found) known.add(id);
      return found;
    };
    let stops = [this.#stopOne(root)];
    while (stops.length > 0) {
      // At once: a run may wait for those that it started before it stops.
      stops.push(...(await findNew()).map((run) => this.#stopOne(run)));
      await Promise.all(stops);
      stops = (await findNew()).map((run) => this.#stopOne(run));
    }
  }

  async #stopOne(run: Run): Promise<void> {
    if (isOver(run) || this.#asked.has(run.id)) return;
    this.#asked.add(run.id);
    this.#desk.onShownAnew(run.id);
    try {
      const kind = this.#desk.kinds.get(run.kind);
      if (kind === undefined) await this.#desk.table.endAlone(run.id, stopped);
      else await kind.stop(run);
    } catch (failure) {
      this.#report(run, failure);
    } finally {
      this.#asked.delete(run.id);
      this.#desk.onShownAnew(run.id);
    }
  }

  #report({ id, kind }: Run, failure: unknown): void {
    const reason = failure instanceof Error ? failure.message : String(failure);
    this.#desk.logger.log("error", "A run could not be stopped.", { runId: id, kind, reason });
  }
}

const stopped = { status: "stopped", usage: null, result: null, error: null } as const;
