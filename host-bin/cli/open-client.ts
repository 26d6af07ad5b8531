// The client that the commands talk through: it goes on by itself as long as its daemon lives, and no longer.
import { type Client, type ClientPowers, ConnectionError, connect, type LatheProblem } from "@lathe/client";
import { presenceOf } from "./daemon-presence.ts";

/** The daemon on this URL, of this state folder. */
export interface Endpoint {
  readonly url: string;
  readonly token: string;
  readonly stateFolder: string;
}

/** What was being followed cannot be followed any more, and must not be asked for again elsewhere. */
export class LostDaemonError extends Error {
  readonly code = "lost-daemon";

  constructor(cause: ConnectionError) {
    super(cause.message, { cause });
    this.name = "LostDaemonError";
  }
}

// It is on this machine: whether it is there shows at once. The counts are some 3 seconds, and a minute.
const backoff = { baseMs: 100, maxMs: 1_000 };
const diedCountMax = 8;
const failureCountMax = 120;

/** Whoever opens it closes it. Where its daemon has left in good order, streams end with a ConnectionError. */
export function openClient(endpoint: Endpoint, powers: Partial<ClientPowers> = {}): Client {
  const { url, token } = endpoint;
  const onLoss = (failure: LatheProblem | ConnectionError, failureCount: number): void => {
    // What a daemon refuses is for the person to see, and so is what somebody else answers in its place.
    if (!(failure instanceof ConnectionError) || failure.code === "not-lathe") throw failure;
    if (failureCount > failureCountMax) throw new LostDaemonError(failure);
    // That a connection broke says little: the next attempt shows whether anybody is there.
    if (failure.code !== "dropped") judge(presenceOf(endpoint.stateFolder, url), failure, failureCount);
  };
  return connect({ url, token, backoff, onLoss, powers });
}

function judge(
  presence: ReturnType<typeof presenceOf>,
  failure: ConnectionError,
  failureCount: number,
): void {
  if (presence === "left") throw failure;
  // Whatever supervises it may be about to start the next one.
  if (presence === "died" && failureCount > diedCountMax) throw new LostDaemonError(failure);
}
