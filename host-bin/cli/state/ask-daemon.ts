// Asks the running daemon for long work on its store, and tells how far it is while it waits.
import type { Client } from "@lathe/client";
import { stateStatus } from "@lathe/wire/operations";
import { timers } from "../../powers/timers.ts";
import { showProgress } from "./show-progress.ts";

const pollMs = 1_000;

/** The answer of the call. Throws what it throws. */
export async function askDaemon<T>(client: Client, what: string, call: () => Promise<T>): Promise<T> {
  const answered = new AbortController();
  const telling = tell(client, what, answered.signal);
  try {
    return await call();
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
    const status = await client.call(stateStatus, {}, { signal: answered }).catch(() => undefined);
    if (status?.activity && !answered.aborted) show(status.activity);
  }
}
