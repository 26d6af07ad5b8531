// The time from spawning a command until the server it starts answers that it is ready.

import { setTimeout as sleep } from "node:timers/promises";
import { type SpawnSettings, startServer } from "./spawned-server.ts";

export interface ReadySettings extends SpawnSettings {
  /** Asked on the origin of the URL that the command prints; 200 means ready. */
  readonly readyPath?: string;
}

export interface StartTime {
  /** Until the URL was printed. */
  readonly printedMs: number;
  /** Until the server answered that it is ready. */
  readonly readyMs: number;
}

const pauseMs = 2;

/** Starts the command, waits until it is ready, ends it. Rejects where it is not ready in time. */
export async function measureStart(settings: ReadySettings): Promise<StartTime> {
  const startedAtMs = performance.now();
  const server = await startServer(settings);
  try {
    const printedMs = performance.now() - startedAtMs;
    const url = new URL(settings.readyPath ?? "/readyz", server.url);
    await waitUntilReady(url, startedAtMs + (settings.timeoutMs ?? 10_000));
    return { printedMs, readyMs: performance.now() - startedAtMs };
  } finally {
    await server.close();
  }
}

async function waitUntilReady(url: URL, deadlineMs: number): Promise<void> {
  while (!(await isReady(url))) {
    if (performance.now() > deadlineMs) throw new Error(`${url} did not become ready in time.`);
    await sleep(pauseMs);
  }
}

async function isReady(url: URL): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { connection: "close" } });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // Not listening yet; the caller's deadline ends the wait.
    return false;
  }
}
