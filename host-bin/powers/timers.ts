import type { TimersPower } from "@lathe/kernel";

// Node calls back at once after a longer wait than this.
const waitMsMax = 2_147_483_647;

export const timers: TimersPower = Object.freeze({ sleep, after });

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  for (let leftMs = ms; leftMs > 0 && signal?.aborted !== true; leftMs -= waitMsMax) {
    await sleepOnce(Math.min(leftMs, waitMsMax), signal);
  }
}

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener("abort", wake);
  });
}

function after(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    const onTime = leftMs > waitMsMax ? () => wait(leftMs - waitMsMax) : callback;
    timer = setTimeout(onTime, Math.min(leftMs, waitMsMax)).unref();
  };
  wait(ms);
  return () => clearTimeout(timer);
}
