import type { TimersPower } from "@lathe/kernel";

/** Time that passes when a test says so. */
export class FakeTimers implements TimersPower {
  nowMs = 0;
  readonly #waiting = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** How long the next one still has to wait; undefined = nobody waits. */
  get nextMs(): number | undefined {
    const times = [...this.#waiting].map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : Math.min(...times) - this.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = (): void => {
        release();
        resolve();
      };
      const release = this.after(ms, end);
      signal?.addEventListener("abort", end, { once: true });
    });
  }

  after(ms: number, callback: () => void): () => void {
    const waiting = { atMs: this.nowMs + ms, callback };
    this.#waiting.add(waiting);
    return () => this.#waiting.delete(waiting);
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const [next] = [...this.#waiting].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#waiting.delete(next);
      this.nowMs = next.atMs;
      next.callback();
    }
    this.nowMs = untilMs;
  }
}
