// Runs one job at a time: what is asked for ends what was begun by the clock, and is refused while another is under way.
import type { StateActivity } from "@lathe/wire";
import { StateCareError } from "./state-care-error.ts";

export interface JobPlan {
  readonly kind: StateActivity["kind"];
  readonly unit: StateActivity["unit"];
  /** Ends the job when whoever asked for it goes away; undefined = nobody asked, and whoever does goes first. */
  readonly asked: AbortSignal | undefined;
}

export interface JobDesk {
  readonly signal: AbortSignal;
  readonly tell: (progress: Pick<StateActivity, "doneCount" | "totalCount" | "unit">) => void;
}

interface Running {
  readonly isAsked: boolean;
  readonly aborter: AbortController;
  readonly ended: PromiseWithResolvers<void>;
  activity: StateActivity;
}

export class OneJob {
  #running: Running | undefined;
  #closed = false;

  get activity(): StateActivity | null {
    return this.#running?.activity ?? null;
  }

  /** Throws StateCareError where it cannot begin, and whatever `work` throws. */
  async run<T>(plan: JobPlan, work: (desk: JobDesk) => Promise<T>): Promise<T> {
    if (plan.asked !== undefined && this.#running?.isAsked === false) await this.#end();
    const running = this.#begin(plan);
    const { signal } = running.aborter;
    try {
      return await work({
        signal: plan.asked === undefined ? signal : AbortSignal.any([signal, plan.asked]),
        tell: (progress) => {
          running.activity = { kind: plan.kind, ...progress };
        },
      });
    } finally {
      this.#running = undefined;
      running.ended.resolve();
    }
  }

  /** Ends what is under way and lets nothing begin any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  #begin({ kind, unit, asked }: JobPlan): Running {
    if (this.#closed) throw new StateCareError("aborted", "The store is being closed.");
    if (this.#running !== undefined) throw busy(this.#running.activity.kind);
    this.#running = {
      isAsked: asked !== undefined,
      aborter: new AbortController(),
      ended: Promise.withResolvers(),
      activity: { kind, unit, doneCount: 0, totalCount: 0 },
    };
    return this.#running;
  }

  async #end(): Promise<void> {
    this.#running?.aborter.abort();
    await this.#running?.ended.promise;
  }
}

const doing = {
  backup: "A backup is being made",
  verify: "The store is being read through",
  prune: "Old things are being removed",
};

function busy(kind: StateActivity["kind"]): StateCareError {
  return new StateCareError("state-busy", `${doing[kind]} already. Try again when that has ended.`);
}
