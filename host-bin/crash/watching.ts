import type { Violation } from "./checks.ts";
import type { CrashStage } from "./crash-stage.ts";

/** All watchers of a stage, following the daemon that is there, until they are told to end. */
export class Watching {
  /** Streams that the daemon refused, which it must not. */
  readonly violations: Violation[] = [];
  readonly #ending = new AbortController();
  readonly #work: readonly Promise<void>[];

  constructor({ histories, clients }: CrashStage) {
    const watchers = histories.flatMap((history) => history.watchers);
    this.#work = watchers.map((watcher) =>
      watcher.follow(clients[watcher.transport], this.#ending.signal).catch((failure: unknown) => {
        const message = `${watcher.transport}, ${watcher.conversationId}: ${failure}`;
        this.violations.push({ kind: "stream-refused", message });
      }),
    );
  }

  async end(): Promise<readonly Violation[]> {
    this.#ending.abort();
    await Promise.all(this.#work);
    return this.violations;
  }
}
