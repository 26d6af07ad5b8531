// Asks the running daemon for long work on its store, and tells how far it is while it waits.
import type { StateStatus } from "@lathe/wire";
import { timers } from "../../powers/timers.ts";
import type { Client } from "../client.ts";
import { showProgress } from "./show-progress.ts";

const pollMs = 1_000;

/** The answer of the operation. Throws as a call does. */
export async function askDaemon<T>(client: Client, path: string, what: string, body: object): Promise<T> {
  const answered = new AbortController();
  const telling = tell(client, what, answered.signal);
  try {
    return await client.call<T>("POST", path, body);
  } finally {
    answered.abort();
    await telling;
  }
}

async function tell(client: Client, what: string, answered: AbortSignal): Promise<void> {
  const show = showProgress(what);
  while (!answered.aborted) {
    await timers.sleep(pollMs, answered);
    // Whatever is wrong with the daemon, the call that matters says it.
    const status = await client.call<StateStatus>("GET", "/api/state").catch(() => undefined);
    if (status?.activity && !answered.aborted) show(status.activity);
  }
}
