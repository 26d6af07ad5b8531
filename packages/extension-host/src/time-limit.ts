// Waits for work that may never settle.
import type { TimersPower } from "@lathe/kernel";

/** How waiting ended. Only the first thing that happens counts. */
export type Ending<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "threw"; readonly cause: unknown }
  | { readonly kind: "late" }
  | { readonly kind: "stopped" };

export interface TimeLimit {
  readonly timers: TimersPower;
  readonly limitMs: number;
  /** Ends the wait early. */
  readonly signal?: AbortSignal | undefined;
  /** What the work rejects with when nobody waits for it any more. */
  readonly onLateFailure: (cause: unknown) => void;
}

/** Waits for the work, up to the limit. Never rejects. */
export async function waitWithin<T>(work: Promise<T>, limit: TimeLimit): Promise<Ending<T>> {
  const { promise, resolve } = Promise.withResolvers<Ending<T>>();
  let waiting = true;
  const end = (ending: Ending<T>): void => {
    waiting = false;
    resolve(ending);
  };
  const stop = (): void => end({ kind: "stopped" });
  work.then(
    (value) => end({ kind: "done", value }),
    (cause: unknown) => (waiting ? end({ kind: "threw", cause }) : limit.onLateFailure(cause)),
  );
  const release = limit.timers.after(limit.limitMs, () => end({ kind: "late" }));
  if (limit.signal?.aborted === true) stop();
  limit.signal?.addEventListener("abort", stop, { once: true });
  const ending = await promise;
  release();
  limit.signal?.removeEventListener("abort", stop);
  return ending;
}
