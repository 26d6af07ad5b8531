// The work that a daemon is killed in: in every conversation somebody sends one message after the other, as a message
// or as a named run, and now and then stops what was begun. All watch, over both transports.
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, LatheProblem } from "@lathe/client";
import { conversationsSend, conversationsStop, runsCreate, runsStop } from "@lathe/wire/operations";
import type { CrashStage } from "./crash-stage.ts";
import type { History, SentMessage } from "./history.ts";

export class Load {
  /** Settles with the first acknowledgement, or when the load has ended without one. */
  readonly acknowledged: Promise<void>;
  readonly #stage: CrashStage;
  readonly #ending = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  readonly #work: readonly Promise<void>[];

  constructor(stage: CrashStage) {
    this.#stage = stage;
    this.acknowledged = this.#first.promise;
    this.#work = stage.histories.map((history) => this.#keepSending(history));
  }

  /** Settles when nobody sends any more. What had no answer by then never gets one. */
  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#work);
    this.#first.resolve();
  }

  async #keepSending(history: History): Promise<void> {
    const { signal } = this.#ending;
    const { dice } = this.#stage;
    try {
      while (!signal.aborted) {
        const message = await send(this.#stage, history, dice.percent(50), signal);
        if (message.admission === null) return;
        this.#first.resolve();
        const watcher = history.watchers[dice.below(history.watchers.length)];
        await Promise.all([
          watcher?.sealed(message.admission.turnId, signal),
          dice.percent(20) ? this.#stop(history, message, signal) : undefined,
        ]);
      }
    } catch (failure) {
      if (!signal.aborted) throw failure;
    }
  }

  async #stop({ conversationId }: History, message: SentMessage, signal: AbortSignal): Promise<void> {
    await sleep(this.#stage.dice.between(0, 150), undefined, { signal });
    const { clients, dice } = this.#stage;
    try {
      if (message.admission !== null && dice.percent(50)) {
        const { status } = await clients.http.call(runsStop, { id: message.admission.runId }, { signal });
        message.isStopAcknowledged = status === "stopping";
        return;
      }
      const { stopped } = await clients.http.call(conversationsStop, { id: conversationId }, { signal });
      if (stopped) message.stoppedAtMs = Date.now();
    } catch (failure) {
      // That something acknowledged is not there is for the audit to say.
      if (!isLoss(failure) && !isUnknown(failure)) throw failure;
    }
  }
}

function isUnknown(failure: unknown): boolean {
  return failure instanceof LatheProblem && failure.status === 404;
}

/** Sends a message that nobody has said before; settles when it is known what became of it. */
export async function send(
  stage: CrashStage,
  history: History,
  asRun: boolean,
  signal: AbortSignal,
): Promise<SentMessage> {
  const text = stage.newText();
  const key = asRun ? `key of ${text}`.replaceAll(" ", "-") : null;
  const message: SentMessage = {
    text,
    key,
    state: "sent",
    admission: null,
    refusedFor: null,
    stoppedAtMs: null,
    isStopAcknowledged: false,
  };
  history.sent.push(message);
  await submit(stage, history, message, signal);
  return message;
}

/** Sends it, once more where it was sent before. */
export async function submit(
  stage: CrashStage,
  { conversationId }: History,
  message: SentMessage,
  signal: AbortSignal,
): Promise<void> {
  const { text, key } = message;
  const client = stage.clients[stage.dice.pick(["http", "websocket"] as const)];
  try {
    if (key === null) {
      const { runId, turnId, seq } = await client.call(
        conversationsSend,
        { id: conversationId, text },
        { signal },
      );
      message.admission = { runId, turnId, seq };
    } else {
      const input = { kind: "turn", conversationId, input: text };
      const { id, turnId } = await client.call(runsCreate, input, { idempotencyKey: key, signal });
      message.admission = { runId: id, turnId: turnId ?? "", seq: null };
    }
    message.state = "acknowledged";
  } catch (failure) {
    message.state = isRefusal(failure) ? "refused" : "unknown";
    if (failure instanceof LatheProblem && failure.status < 500) message.refusedFor = failure.message;
    else if (!isLoss(failure) && !signal.aborted) throw failure;
  }
}

/** Nothing was done, and that is certain. */
function isRefusal(failure: unknown): boolean {
  if (failure instanceof LatheProblem) return failure.status < 500 || failure.code === "draining";
  return failure instanceof ConnectionError && !failure.mayHaveHappened;
}

/** What happens to who calls a daemon that ends. */
function isLoss(failure: unknown): boolean {
  return failure instanceof ConnectionError || (failure instanceof LatheProblem && failure.status >= 500);
}
