// What a page, a script or a program talks to the daemon with.
import type { StreamEvent, TimersPower } from "@lathe/kernel";
import type { OperationDeclaration } from "@lathe/wire";
import type { GenericSchema, InferOutput } from "valibot";
import { type ConnectionState, ConnectionStates, type Observable } from "./connection-state.ts";
import { closedClient } from "./errors.ts";
import { HttpLink } from "./http/http-link.ts";
import type { Link, Question } from "./link.ts";
import { type ClientPowers, platformPowers } from "./powers.ts";
import type { Fields } from "./rest-request.ts";
import type { BackoffSettings } from "./resume/backoff.ts";
import { type FollowDesk, follow } from "./resume/follow.ts";
import type { LossListener } from "./resume/loss-listener.ts";
import { Pauses } from "./resume/pauses.ts";
import { SocketLink } from "./socket/socket-link.ts";
import type { Arguments } from "./typed.ts";
import { ConversationWatch, type Watch, type WatchOptions } from "./watch/conversation-watch.ts";

export interface ConnectOptions {
  /** Where the daemon answers, for example `http://127.0.0.1:4646`. */
  readonly url: string;
  /** Goes into the `Authorization` header, or over a WebSocket into its first frame; never into a URL. */
  readonly token?: string | undefined;
  /**
   * `http` (where absent) needs nothing but HTTP, and a connection for each stream. `websocket` has one for everything,
   * which suits a page that follows much.
   */
  readonly transport?: "http" | "websocket";
  /** How long to wait after a connection was lost; from 500 ms up to 30 s where absent. */
  readonly backoff?: BackoffSettings;
  /**
   * Decides whether a stream or a watch goes on that could not be had, or broke: what it throws ends it. Where it is
   * absent, all of them go on as long as that can help. A connection that merely ended is asked for again without it.
   */
  readonly onLoss?: LossListener;
  /** A connection that says nothing for so long is lost; 45 s where absent. The daemon pings every 15 s. */
  readonly idleMs?: number;
  /** What is taken from the surroundings, where not all of it should be the platform's. */
  readonly powers?: Partial<ClientPowers>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Asked again with the same key, the daemon answers the same and does nothing twice, where the operation allows it. */
  readonly idempotencyKey?: string;
}

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Position of the last entry that you have: what comes after it is next. 0 = from the first one of all. */
  readonly after?: number;
  /** Needed where the operation changes something: with it, the daemon knows what it has done already. */
  readonly idempotencyKey?: string;
}

export interface Client {
  /**
   * Asks for one operation, once. Throws LatheProblem where the daemon refuses, ConnectionError where it could not be
   * asked or its answer did not arrive, and the signal's reason.
   */
  call<Input extends GenericSchema, Output extends GenericSchema>(
    operation: OperationDeclaration<Input, Output>,
    ...rest: Arguments<Input, CallOptions>
  ): Promise<InferOutput<Output>>;

  /**
   * The events of an operation that can be followed, as long as there are any: every entry once and in order, however
   * often the connection is lost, and between them what is transient. Ends where nothing more will come. Breaking out of
   * the loop leaves. Throws LatheProblem where asking again cannot help, and the signal's reason; TypeError where the
   * operation changes something and would do so again after a loss, which only an `idempotencyKey` can keep it from, and
   * not with every operation: call it then, and follow what it began.
   *
   * Nothing is asked before the first event is wanted. A consumer may take as long as it likes: what it is late for is
   * not kept in memory, but read from the log when it comes back.
   */
  follow<Input extends GenericSchema, Output extends GenericSchema, Event extends StreamEvent>(
    operation: OperationDeclaration<Input, Output, Event>,
    ...rest: Arguments<Input, FollowOptions>
  ): AsyncGenerator<Event, void>;

  /**
   * A conversation as it is to be shown, kept up to date for as long as anybody is subscribed to it: all of it, or about
   * the last `tail` entries and then what is asked for of those before.
   */
  watch(conversationId: string, options?: WatchOptions): Watch;

  /** How the client stands with the daemon, as far as it follows anything. */
  readonly state: Observable<ConnectionState>;

  /** Tries at once what waits to be tried again: the network is back, or somebody has lost patience. */
  retryNow(): void;

  /** Ends everything that it does, with a ConnectionError that says `closed`. */
  close(): void;
  [Symbol.dispose](): void;
}

const defaultBackoff: BackoffSettings = { baseMs: 500, maxMs: 30_000 };
const queueLimits = { eventCountMax: 1_000, lengthMax: 4_194_304 };
const lingerMs = 5_000;
// A line that was pulled out does not refuse: an attempt that waits on it must not outlast the trouble by much.
const openMsMax = 10_000;

/** Makes a client. Nothing is sent before it is asked for something. */
export function connect(options: ConnectOptions): Client {
  const powers: ClientPowers = { ...platformPowers, ...options.powers };
  const states = new ConnectionStates();
  const { token, backoff = defaultBackoff, idleMs = 45_000 } = options;
  const common = { url: options.url.replace(/\/+$/, ""), token, powers, states };
  const parts: ClientParts = { powers, states, backoff, onLoss: options.onLoss };
  const http = new HttpLink({ ...common, idleMs });
  if (options.transport !== "websocket") return new OpenClient(http, () => undefined, parts);
  const socket = new SocketLink({
    ...common,
    backoff,
    onLoss: options.onLoss,
    openMs: Math.min(idleMs, openMsMax),
    lingerMs,
    queue: queueLimits,
    http,
  });
  return new OpenClient(socket, () => socket.close(closedClient()), parts);
}

interface ClientParts {
  readonly powers: ClientPowers;
  readonly states: ConnectionStates;
  readonly backoff: BackoffSettings;
  readonly onLoss: LossListener | undefined;
}

class OpenClient implements Client {
  readonly #link: Link;
  readonly #closeLink: () => void;
  readonly #desk: FollowDesk;
  readonly #timers: TimersPower;
  readonly #states: ConnectionStates;
  readonly #closing = new AbortController();

  constructor(link: Link, closeLink: () => void, { powers, states, backoff, onLoss }: ClientParts) {
    this.#link = link;
    this.#closeLink = closeLink;
    this.#timers = powers.timers;
    this.#states = states;
    this.#desk = { link, states, backoff, onLoss, powers, pauses: new Pauses(powers.timers) };
  }

  get state(): Observable<ConnectionState> {
    return this.#states;
  }

  async call<Input extends GenericSchema, Output extends GenericSchema>(
    operation: OperationDeclaration<Input, Output>,
    ...[input, { signal, idempotencyKey } = {}]: Arguments<Input, CallOptions>
  ): Promise<InferOutput<Output>> {
    const question: Question = { operation, input: (input ?? {}) as Fields, idempotencyKey };
    const together = this.#signal(signal);
    together.throwIfAborted();
    return (await this.#link.call(question, together)) as InferOutput<Output>;
  }

  follow<Input extends GenericSchema, Output extends GenericSchema, Event extends StreamEvent>(
    operation: OperationDeclaration<Input, Output, Event>,
    ...[input, { signal, after, idempotencyKey } = {}]: Arguments<Input, FollowOptions>
  ): AsyncGenerator<Event, void> {
    const isSafe =
      operation.rest.method === "GET" || (operation.idempotencyKeys && idempotencyKey !== undefined);
    if (!isSafe) throw new TypeError(wouldChangeAgain(operation.name));
    const question: Question = { operation, input: (input ?? {}) as Fields, idempotencyKey };
    const events = follow(question, after, this.#desk, this.#signal(signal));
    // What the declaration says it is; the daemon's words are taken for what they are.
    return events as AsyncGenerator<Event, void>;
  }

  watch(conversationId: string, options?: WatchOptions): Watch {
    const desk = { client: this, follow: this.#desk, timers: this.#timers, closing: this.#closing.signal };
    return new ConversationWatch(conversationId, desk, options);
  }

  retryNow(): void {
    this.#desk.pauses.hurry();
    this.#link.hurry();
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(closedClient());
    this.#closeLink();
    this.#states.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
  }
}

function wouldChangeAgain(name: string): string {
  return `${name} changes something, and would do so again after a loss. Call it, and follow what it began.`;
}
