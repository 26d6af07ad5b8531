// What the client takes from its surroundings. Node, browsers and workers have all of it; a test hands in its own.
import type { TimersPower } from "@lathe/kernel";

export interface ClientPowers {
  readonly fetch: typeof fetch;
  /** Opens a WebSocket, with these headers where that is possible; a page cannot, and need not. */
  readonly openSocket: (url: string, headers: Readonly<Record<string, string>>) => SocketLike;
  /** `sleep` keeps a script alive that waits for it, `after` does not. */
  readonly timers: TimersPower;
  /** Milliseconds since 1970; for people to read, and for durations that may be wrong now and then. */
  readonly nowMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
}

export const platformPowers: ClientPowers = {
  // Called as a method of something else, a browser's fetch throws.
  fetch: (input, init) => fetch(input, init),
  openSocket,
  timers: { sleep, after },
  nowMs: () => Date.now(),
  random: () => Math.random(),
};

/** Outside of browsers the standard class takes headers; a browser takes them for the name of a protocol, and throws. */
function openSocket(url: string, headers: Readonly<Record<string, string>>): SocketLike {
  try {
    return new WebSocket(url, { headers } as unknown as string[]);
  } catch {
    return new WebSocket(url);
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}

function after(ms: number, callback: () => void): () => void {
  const timer: unknown = setTimeout(callback, ms);
  if (isUnreferable(timer)) timer.unref();
  return () => clearTimeout(timer as number);
}

/** Node's timers keep the process alive unless they are told not to. */
function isUnreferable(timer: unknown): timer is { unref(): void } {
  return typeof timer === "object" && timer !== null && "unref" in timer;
}
