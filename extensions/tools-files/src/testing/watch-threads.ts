// How many threads this process started that have not ended.
import type { Worker } from "node:worker_threads";

export interface ThreadWatch extends Disposable {
  readonly count: number;
  /** The most that there were at a time. */
  readonly countMost: number;
}

/** Counts threads that start from now on. */
export function watchThreads(): ThreadWatch {
  let count = 0;
  let countMost = 0;
  const onWorker = (worker: Worker): void => {
    countMost = Math.max(countMost, ++count);
    worker.once("exit", () => count--);
  };
  process.on("worker", onWorker);
  return {
    get count() {
      return count;
    },
    get countMost() {
      return countMost;
    },
    [Symbol.dispose]: () => void process.off("worker", onWorker),
  };
}
