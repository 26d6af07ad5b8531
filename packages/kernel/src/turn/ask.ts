// One attempt at one model: its stream is read until it ends, fails, falls silent, or the turn is aborted.
import type { StepMetrics } from "../contracts/events.ts";
import type {
  ProviderEvent,
  ProviderFailure,
  ProviderFinishReason,
  ProviderRequest,
} from "../contracts/provider.ts";
import type { Span } from "../logging/span.ts";
import type { Answer, ReadyCall } from "./answer.ts";
import { CallCapture } from "./call-capture.ts";
import { nameOf, placeOf } from "./cause.ts";
import type { ModelChoice, TurnDesk } from "./turn.ts";
import { checkedUsage } from "./usage.ts";

export type AskEnding =
  | { readonly kind: "finished"; readonly reason: ProviderFinishReason }
  | { readonly kind: "failed"; readonly failure: ProviderFailure }
  | { readonly kind: "aborted" };

export interface AskTimes {
  readonly requestedAtMs: number;
  firstTokenAtMs: number | null;
  endedAtMs: number | null;
}

/** The durations that the times come to. */
export function durationsOf(times: AskTimes): Pick<StepMetrics, "timeToFirstTokenMs" | "decodeMs"> {
  const { requestedAtMs, firstTokenAtMs, endedAtMs } = times;
  if (firstTokenAtMs === null) return { timeToFirstTokenMs: null, decodeMs: null };
  const decodeMs = endedAtMs === null ? null : endedAtMs - firstTokenAtMs;
  return { timeToFirstTokenMs: firstTokenAtMs - requestedAtMs, decodeMs };
}

export interface Question {
  readonly choice: ModelChoice;
  readonly request: ProviderRequest;
  readonly answer: Answer;
  readonly idleMs: number;
  readonly answerLengthMax: number;
  readonly signal: AbortSignal;
  readonly onCall: (call: ReadyCall) => void;
  /** The span of this attempt. */
  readonly span: Span;
}

/** Never rejects, and settles at once on abort, whatever the provider does. */
export async function ask(question: Question, times: AskTimes, desk: TurnDesk): Promise<AskEnding> {
  if (question.signal.aborted) return { kind: "aborted" };
  const connection = new AbortController();
  const interruption = new Interruption();
  const onAbort = () => interruption.raise({ kind: "aborted" });
  question.signal.addEventListener("abort", onAbort);
  const watchdog = startWatchdog(question.idleMs, desk, () => interruption.raise(idle(question.idleMs)));
  let batches: AsyncIterator<readonly ProviderEvent[]> | undefined;
  let ending: AskEnding | undefined;
  const capture = question.span.keepsBodies ? new CallCapture() : undefined;
  try {
    const { provider } = question.choice;
    const stream = provider.stream(question.request, {
      signal: connection.signal,
      span: question.span,
      ...(capture === undefined ? {} : { capture }),
    });
    batches = stream[Symbol.asyncIterator]();
    while (ending === undefined) {
      const next = await interruption.orNext(batches);
      if ("kind" in next) ending = next;
      else if (next.done === true)
        ending = failed("truncated", "The model's stream ended before it was finished.");
      else {
        watchdog.touch();
        ending = takeBatch(next.value, question, times, desk);
      }
    }
  } catch (cause) {
    ending = brokenAdapter(question.choice.provider.id, cause, desk);
  } finally {
    watchdog.stop();
    question.signal.removeEventListener("abort", onAbort);
  }
  times.endedAtMs = desk.monotonic();
  question.answer.end(ending.kind === "failed");
  capture?.handOver(question.span, question.answer.redacted);
  if (ending.kind === "finished") void readToEnd(batches, connection, desk);
  else {
    connection.abort();
    void closeQuietly(batches);
  }
  return ending;
}

function takeBatch(
  batch: readonly ProviderEvent[],
  question: Question,
  times: AskTimes,
  desk: TurnDesk,
): AskEnding | undefined {
  const { answer } = question;
  for (const event of batch) {
    switch (event.type) {
      case "finish":
        return { kind: "finished", reason: event.reason };
      case "error":
        return { kind: "failed", failure: event.failure };
      case "usage":
        answer.usage = checkedUsage(event.usage);
        break;
      default: {
        const call = answer.take(event);
        if (answer.begun) times.firstTokenAtMs ??= desk.monotonic();
        if (call !== undefined) question.onCall(call);
      }
    }
  }
  if (answer.length > question.answerLengthMax) {
    return failed("malformed", `The answer is longer than ${question.answerLengthMax} characters.`);
  }
  return undefined;
}

function failed(kind: "truncated" | "malformed" | "idle-timeout", message: string): AskEnding {
  const retryable = kind !== "malformed";
  return {
    kind: "failed",
    failure: { kind, message, status: null, code: null, retryable, retryAfterMs: null },
  };
}

function idle(idleMs: number): AskEnding {
  return failed("idle-timeout", `The model's server sent nothing for ${idleMs / 1_000} s.`);
}

/** The message of what was thrown may hold a header with a key in it, so neither the user nor the log gets it. */
function brokenAdapter(provider: string, cause: unknown, desk: TurnDesk): AskEnding {
  const error = nameOf(cause);
  desk.logger.log("error", "An adapter threw instead of saying that it failed.", {
    provider,
    error,
    place: placeOf(cause),
  });
  return failed("malformed", `The adapter of ${provider} broke (${error}). The log names the place.`);
}

const lingerMs = 5_000;

/** A stream that ends by itself leaves its connection open for the next request; one that does not is cut. */
async function readToEnd(
  batches: AsyncIterator<unknown> | undefined,
  connection: AbortController,
  desk: TurnDesk,
): Promise<void> {
  const release = desk.after(lingerMs, () => connection.abort());
  try {
    const last = await batches?.next();
    if (last?.done === false) await batches?.return?.();
  } catch {
    // The answer is whole; what comes after it is of no interest.
  } finally {
    release();
  }
}

/** A provider's clean-up is its own affair: the turn neither waits for it nor fails with it. */
async function closeQuietly(batches: AsyncIterator<unknown> | undefined): Promise<void> {
  try {
    await batches?.return?.();
  } catch {
    // Nothing is left to protect: the answer is already decided.
  }
}

/** Lets one event cut short whatever is being waited for, without a promise that outlives the wait. */
class Interruption {
  #raised: AskEnding | undefined;
  #listener: ((ending: AskEnding) => void) | undefined;

  raise(ending: AskEnding): void {
    this.#raised ??= ending;
    this.#listener?.(this.#raised);
  }

  orNext<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T> | AskEnding> {
    if (this.#raised !== undefined) return Promise.resolve(this.#raised);
    return new Promise((resolve, reject) => {
      this.#listener = resolve;
      iterator.next().then(resolve, reject);
    });
  }
}

interface Watchdog {
  touch(): void;
  stop(): void;
}

/** Barks once when nobody touched it for `idleMs`. Touching costs one clock reading, not a timer. */
function startWatchdog(idleMs: number, desk: TurnDesk, bark: () => void): Watchdog {
  let touchedAtMs = desk.monotonic();
  let release = desk.after(idleMs, check);
  function check(): void {
    const leftMs = touchedAtMs + idleMs - desk.monotonic();
    if (leftMs <= 0) bark();
    else release = desk.after(leftMs, check);
  }
  return {
    touch: () => {
      touchedAtMs = desk.monotonic();
    },
    stop: () => release(),
  };
}
