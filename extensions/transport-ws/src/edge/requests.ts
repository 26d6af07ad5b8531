// What one client asks, after its hello: operations that are run for it, and streams that it follows.
//
// Invariants
//   R1  Each request is answered once, with its own id, by a response, a subscribed or a problem.
//   R2  What is refused was not run.
//   R3  When the socket has ended, every call is told so and every stream is stopped; the daemon's own work goes on.
import { checkInput, failureOf, problem, refusalOf } from "@lathe/extension-kit";
import type { Contributions, Logger } from "@lathe/kernel";
import type { AnyOperation, Call, Principal, Problem, RequestFrame, SubscribeFrame } from "@lathe/wire";
import { problemFrame, responseFrame, subscribedFrame } from "../core/server-frames.ts";
import type { Outbox } from "./outbox.ts";
import { Subscription } from "./subscription.ts";

export interface RequestsDesk {
  readonly operations: Contributions<AnyOperation>;
  readonly logger: Logger;
  readonly limits: { readonly requestCountMax: number; readonly subscriptionCountMax: number };
}

type Asked = RequestFrame | SubscribeFrame;

interface Permitted {
  readonly operation: AnyOperation;
  readonly input: unknown;
}

export class Requests {
  readonly #principal: Principal;
  readonly #outbox: Outbox;
  readonly #desk: RequestsDesk;
  /** Those that wait for their answer, and those whose stream is followed. */
  readonly #calls = new Set<AbortController>();
  readonly #streams = new Map<string, Subscription>();
  #requestCount = 0;
  #openingCount = 0;
  #closed = false;

  constructor(principal: Principal, outbox: Outbox, desk: RequestsDesk) {
    this.#principal = principal;
    this.#outbox = outbox;
    this.#desk = desk;
  }

  /** Settles when it is answered. Never rejects. */
  async request(frame: RequestFrame): Promise<void> {
    const refused = this.#requestCount >= this.#desk.limits.requestCountMax ? tooManyRequests : undefined;
    const permitted = refused ?? this.#permit(frame);
    if (!isPermitted(permitted)) return this.#refuse(frame, permitted);
    const leaving = new AbortController();
    this.#requestCount += 1;
    this.#calls.add(leaving);
    try {
      const output = await permitted.operation.run(permitted.input, this.#callOf(frame, leaving));
      this.#outbox.send(responseFrame(frame.id, output));
    } catch (error) {
      this.#refuse(frame, failureOf(permitted.operation, error, this.#desk.logger));
    } finally {
      this.#requestCount -= 1;
      this.#calls.delete(leaving);
    }
  }

  /** Settles when it is answered; the events follow. Never rejects. */
  async subscribe(frame: SubscribeFrame): Promise<void> {
    const subscriptionCount = this.#streams.size + this.#openingCount;
    const refused =
      subscriptionCount >= this.#desk.limits.subscriptionCountMax ? tooManySubscriptions : undefined;
    const permitted = refused ?? this.#permit(frame);
    if (!isPermitted(permitted)) return this.#refuse(frame, permitted);
    const { operation } = permitted;
    if (operation.follow === undefined || operation.streamName === undefined)
      return this.#refuse(frame, notFollowable);
    const leaving = new AbortController();
    this.#openingCount += 1;
    this.#calls.add(leaving);
    try {
      await this.#open(frame, permitted, leaving);
    } catch (error) {
      this.#calls.delete(leaving);
      this.#refuse(frame, failureOf(operation, error, this.#desk.logger));
    } finally {
      this.#openingCount -= 1;
    }
  }

  unsubscribe(stream: string): void {
    this.#streams.get(stream)?.stop();
  }

  close(): void {
    this.#closed = true;
    for (const leaving of this.#calls) leaving.abort();
    this.#calls.clear();
    for (const subscription of [...this.#streams.values()]) subscription.stop();
  }

  async #open(
    frame: SubscribeFrame,
    { operation, input }: Permitted,
    leaving: AbortController,
  ): Promise<void> {
    const call = this.#callOf(frame, leaving);
    const output = await operation.run(input, call);
    // The work goes on without the one who asked for it; only the telling is spared.
    if (this.#closed) return;
    const source = operation.follow?.(input, output, call);
    const stream = source === undefined ? undefined : operation.streamName?.(input, output);
    if (source === undefined || stream === undefined) {
      this.#calls.delete(leaving);
      this.#outbox.send(subscribedFrame(frame.id, output, null));
      return;
    }
    const subscribed = subscribedFrame(frame.id, output, stream);
    const subscription = new Subscription(stream, this.#outbox, () => {
      this.#calls.delete(leaving);
      leaving.abort();
      if (this.#streams.get(stream) === subscription) this.#streams.delete(stream);
    });
    subscription.start(source);
    this.#streams.get(stream)?.stop();
    if (!subscription.isOver) this.#streams.set(stream, subscription);
    this.#outbox.send(subscribed);
  }

  #permit({ operation: name, input }: Asked): Permitted | Problem {
    const operation = this.#desk.operations.get(name);
    if (operation === undefined) return unknownOperation;
    const refused = refusalOf(this.#principal, operation);
    if (refused !== undefined) return refused;
    const checked = checkInput(operation.input, input ?? {});
    return checked.kind === "valid" ? { operation, input: checked.input } : checked.problem;
  }

  #callOf(frame: Asked, leaving: AbortController): Call {
    const { idempotencyKey } = frame;
    const lastEventId = frame.type === "subscribe" ? frame.lastEventId : undefined;
    return {
      principal: this.#principal,
      signal: leaving.signal,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(lastEventId === undefined ? {} : { lastEventId }),
    };
  }

  #refuse({ id }: Asked, document: Problem): void {
    this.#outbox.send(problemFrame(id, document));
  }
}

function isPermitted(permitted: Permitted | Problem): permitted is Permitted {
  return "operation" in permitted;
}

const unknownOperation = problem(
  404,
  "unknown-operation",
  "There is no such operation. GET /api/openapi.json names those that there are.",
);
const notFollowable = problem(
  400,
  "not-followable",
  "Nothing follows from this operation. Send it as a request instead.",
);
const tooManyRequests = problem(
  429,
  "too-many-requests",
  "Too many requests of this socket wait for their answers. Send the next when one has come.",
);
const tooManySubscriptions = problem(
  429,
  "too-many-subscriptions",
  "This socket follows as many streams as it may. Unsubscribe from one, or open another socket.",
);
