// Time that stands still until a test moves it.
import type { ClockPower, TimersPower } from "@lathe/kernel";

export interface FakeClock extends ClockPower {
  /** Moves both clocks forward. Timers of `fakeTimers` do not notice: advance those instead. */
  advance(ms: number): void;
}

/** Starts at 2026-01-01 UTC where nothing else is asked for; `monotonicMs` starts at 0. */
export function fakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  let passedMs = 0;
  return {
    nowMs: () => startMs + passedMs,
    monotonicMs: () => passedMs,
    advance: (ms) => {
      passedMs += ms;
    },
  };
}

export interface FakeTimers extends TimersPower {
  /**
   * Moves the clock forward and calls back what falls due on the way, earliest first. After each call it lets
   * promises and immediates run, so that code which waits again may fall due within the same advance.
   */
  advance(ms: number): Promise<void>;
  /** How many callbacks and sleeps wait. */
  waitingCount(): number;
}

interface Waiting {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Timers that move only with `advance`, and their clock with them. */
export function fakeTimers(clock: FakeClock = fakeClock()): FakeTimers {
  const waiting = new Set<Waiting>();
  const after = (ms: number, callback: () => void): (() => void) => {
    const one: Waiting = { dueMs: clock.monotonicMs() + ms, callback };
    waiting.add(one);
    return () => {
      waiting.delete(one);
    };
  };
  return {
    after,
    sleep: (ms, signal) => sleepWith(after, ms, signal),
    waitingCount: () => waiting.size,
    advance: async (ms) => {
      const endMs = clock.monotonicMs() + ms;
      await letRun();
      for (let next = earliest(waiting, endMs); next !== undefined; next = earliest(waiting, endMs)) {
        waiting.delete(next);
        clock.advance(Math.max(0, next.dueMs - clock.monotonicMs()));
        next.callback();
        await letRun();
      }
      clock.advance(endMs - clock.monotonicMs());
    },
  };
}

/** A sleep made of `after`: ends after `ms` or when the signal aborts, and never rejects. */
export function sleepWith(after: TimersPower["after"], ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted === true) return Promise.resolve();
  const release = after(ms, () => {
    signal?.removeEventListener("abort", wake);
    resolve();
  });
  const wake = (): void => {
    release();
    resolve();
  };
  signal?.addEventListener("abort", wake, { once: true });
  return promise;
}

function earliest(waiting: ReadonlySet<Waiting>, endMs: number): Waiting | undefined {
  let first: Waiting | undefined;
  for (const one of waiting) {
    if (one.dueMs <= endMs && (first === undefined || one.dueMs < first.dueMs)) first = one;
  }
  return first;
}

function letRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
