// Calls the daemon over HTTP by method and path, as a program would that knows nothing of its operations.
import { type IncomingMessage, request } from "node:http";
import { readEvents } from "./read-events.ts";

/** The daemon answered with a problem document, or with something that is none. */
export class ProblemAnswer extends Error {
  readonly status: number;
  /** Stable; `unknown` where the answer was no problem document. */
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = "ProblemAnswer";
    this.status = status;
    this.code = code;
  }
}

/** The daemon could not be reached, or the connection broke. */
export class ConnectionLostError extends Error {
  readonly code = "connection-lost";

  constructor(url: string, cause: unknown) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    super(`The daemon on ${url} does not answer (${reason}). Look at it with: lathe doctor`, { cause });
    this.name = "ConnectionLostError";
  }
}

export interface Endpoint {
  readonly url: string;
  readonly token: string;
}

export class Client {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** One call; the JSON that was answered. Throws ProblemAnswer and ConnectionLostError. */
  async call<T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<T> {
    const response = await this.#send(method, path, "application/json", body);
    const text = await this.#read(response);
    return (text === "" ? null : JSON.parse(text)) as T;
  }

  /**
   * One call that is answered with a stream: the `data` of each event, until the stream ends; with a body it is sent.
   * Returns whether the stream is complete. Throws as `call`.
   */
  async *stream(path: string, body?: object): AsyncGenerator<string, boolean> {
    const method = body === undefined ? "GET" : "POST";
    const response = await this.#send(method, path, "text/event-stream", body);
    try {
      // Nothing comes after the position that was asked for.
      return response.statusCode === 204 || (yield* readEvents(response));
    } catch (cause) {
      throw new ConnectionLostError(this.#endpoint.url, cause);
    } finally {
      response.destroy();
    }
  }

  async #send(method: string, path: string, accept: string, body?: object): Promise<IncomingMessage> {
    const response = await this.#request(method, path, accept, body);
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    throw problemOf(status, await this.#read(response));
  }

  #request(method: string, path: string, accept: string, body?: object): Promise<IncomingMessage> {
    const { url, token } = this.#endpoint;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = {
        accept,
        authorization: `Bearer ${token}`,
        ...(payload === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) }),
      };
      const outgoing = request(new URL(path, url), { method, headers, agent: false }, resolve);
      outgoing.on("error", (cause) => reject(new ConnectionLostError(url, cause)));
      outgoing.end(payload);
    });
  }

  async #read(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    } catch (cause) {
      throw new ConnectionLostError(this.#endpoint.url, cause);
    }
    return Buffer.concat(chunks).toString("utf8");
  }
}

function problemOf(status: number, text: string): ProblemAnswer {
  try {
    const {
      code,
      detail,
      errors = [],
    } = JSON.parse(text) as {
      code?: unknown;
      detail?: unknown;
      errors?: readonly { readonly field: string; readonly message: string }[];
    };
    const sentence = typeof detail === "string" ? detail : `The daemon answered ${status}.`;
    const fields = errors.filter(({ message }) => message !== detail);
    const named = fields.map(({ field, message }) => `${field}: ${message}`).join("; ");
    return new ProblemAnswer(status, String(code), named === "" ? sentence : `${sentence} ${named}`);
  } catch {
    return new ProblemAnswer(
      status,
      "unknown",
      `The daemon answered ${status}, in a form that is not Lathe's.`,
    );
  }
}
