// The machine's own time, for tests that wait for sockets and processes.
import type { ClockPower, TimersPower } from "@lathe/kernel";
import { sleepWith } from "./fake-time.ts";

export function realClock(): ClockPower {
  return { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
}

export function realTimers(): TimersPower {
  const after = (ms: number, callback: () => void): (() => void) => {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  };
  return { after, sleep: (ms, signal) => sleepWith(after, ms, signal) };
}
