// Asks over HTTP, and follows over server-sent events: one request for each.
import type { StreamEvent } from "@lathe/kernel";
import type { Problem } from "@lathe/wire";
import type { ConnectionStates } from "../connection-state.ts";
import { ConnectionError, dropped, LatheProblem, notLathe, unreachable, wasNeverSent } from "../errors.ts";
import { type Ending, isKnown, type Link, type Question } from "../link.ts";
import type { ClientPowers } from "../powers.ts";
import { restRequest } from "../rest-request.ts";
import { IdleWatch } from "./idle-watch.ts";
import { problemOf } from "./problem-of.ts";
import { readEvents } from "./read-events.ts";

export interface HttpLinkParts {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly powers: Pick<ClientPowers, "fetch" | "timers">;
  readonly states: ConnectionStates;
  /** A stream on which nothing comes for so long is lost; the daemon pings more often. */
  readonly idleMs: number;
}

export class HttpLink implements Link {
  readonly #parts: HttpLinkParts;

  constructor(parts: HttpLinkParts) {
    this.#parts = parts;
  }

  async call(question: Question, signal: AbortSignal): Promise<unknown> {
    const response = await this.#ask(question, "application/json", signal);
    const text = await this.#read(response, question, signal);
    if (text === "") return null;
    try {
      return JSON.parse(text);
    } catch {
      throw notLathe(this.#parts.url, "it answers with no JSON");
    }
  }

  async *events(question: Question, signal: AbortSignal): AsyncGenerator<StreamEvent, Ending> {
    const { timers, idleMs, states } = { ...this.#parts, ...this.#parts.powers };
    const watch = new IdleWatch(timers, idleMs, signal);
    const seat = states.enter();
    try {
      seat.set({ kind: "connecting" });
      const response = await watch.during(() => this.#ask(question, "text/event-stream", watch.signal));
      if (response.status === 204) return "over";
      if (response.body === null || !isEventStream(response))
        throw notLathe(this.#parts.url, "it answers with no event stream");
      seat.set({ kind: "open" });
      for await (const { event, data } of readEvents(response.body, (next) => watch.during(next))) {
        if (event === "end") return "over";
        if (event === "problem") throw new LatheProblem(JSON.parse(data) as Problem);
        const told = JSON.parse(data) as StreamEvent;
        if (isKnown(told)) yield told;
      }
      // There may be more of it: asked again, the daemon says so.
      return "cut";
    } catch (failure) {
      signal.throwIfAborted();
      const isTold = failure instanceof LatheProblem || failure instanceof ConnectionError;
      throw isTold ? failure : dropped(this.#parts.url, failure);
    } finally {
      seat.leave();
    }
  }

  hurry(): void {
    // Its followers wait by themselves.
  }

  async #ask(question: Question, accept: string, signal: AbortSignal): Promise<Response> {
    const { url, token, powers } = this.#parts;
    const { method, path, body } = restRequest(question.operation.rest, question.input);
    const { idempotencyKey, lastEventId } = question;
    const init: RequestInit = {
      method,
      signal,
      headers: {
        accept,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
      },
      // The daemon never redirects, and the token goes to nobody else.
      redirect: "error",
      cache: "no-store",
      // A page's own origin gets its cookie, and may set it: a sign-in is a call with a token that is answered with one.
      credentials: "same-origin",
    };
    let response: Response;
    try {
      response = await powers.fetch(`${url}${path}`, body === undefined ? init : { ...init, body });
    } catch (failure) {
      signal.throwIfAborted();
      throw unreachable(url, failure, method !== "GET" && !wasNeverSent(failure));
    }
    if (response.status < 400) return response;
    throw problemOf(response, await this.#read(response, question, signal));
  }

  async #read(response: Response, { operation }: Question, signal: AbortSignal): Promise<string> {
    try {
      return await response.text();
    } catch (failure) {
      signal.throwIfAborted();
      throw dropped(this.#parts.url, failure, operation.rest.method !== "GET");
    }
  }
}

function isEventStream({ headers }: Response): boolean {
  return (headers.get("content-type") ?? "").toLowerCase().startsWith("text/event-stream");
}
