import type { ClockPower } from "@lathe/kernel";

export const clock: ClockPower = Object.freeze({
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
});
