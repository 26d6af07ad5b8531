// Outgoing HTTP over kept connections: one attempt per request, nothing followed, nothing decompressed.
//
// It stands on undici's `dispatch`, the cheapest way out of Node: no stream and no promise for each piece. What came
// with one read of the socket is handed over as one piece.
import type { HttpRequest, HttpResponse, NetworkPower } from "@lathe/kernel";
import { Agent } from "undici";
import { HttpExchange } from "./http-exchange.ts";
import { networkFailure, parseTarget } from "./network-failure.ts";

export interface NetworkOptions {
  /** For the connection and, with https, its handshake. */
  readonly connectTimeoutMs?: number;
  /** From the request to the head of the answer: models may think for minutes before they begin. */
  readonly headersTimeoutMs?: number;
  /** Between two pieces of a body. Whoever reads has a shorter patience of its own. */
  readonly bodyTimeoutMs?: number;
  /** How long an idle connection is kept where the server does not say. */
  readonly keepAliveMs?: number;
}

export interface OpenNetwork {
  readonly power: NetworkPower;
  /** Closes every connection; requests under way fail as reset. */
  close(): Promise<void>;
}

const minutesMs = 60_000;

/** The caller closes it. */
export function openNetwork(options: NetworkOptions = {}): OpenNetwork {
  const agent = new Agent({
    connectTimeout: options.connectTimeoutMs ?? 15_000,
    headersTimeout: options.headersTimeoutMs ?? 15 * minutesMs,
    bodyTimeout: options.bodyTimeoutMs ?? 15 * minutesMs,
    keepAliveTimeout: options.keepAliveMs ?? 30_000,
    // HTTP/2 would send requests again by itself after a GOAWAY; trying again is the kernel's decision alone.
    allowH2: false,
  });
  return {
    power: { request: (request) => send(agent, request) },
    close: () => agent.destroy(),
  };
}

function send(agent: Agent, request: HttpRequest): Promise<HttpResponse> {
  const target = parseTarget(request.url);
  if (target.kind === "refused") return Promise.reject(target.failure);
  if (request.signal.aborted) return Promise.reject(networkFailure("aborted", target.host));
  const exchange = new HttpExchange(target.host, request.signal);
  const { origin, path } = target;
  const { method, headers, body = null } = request;
  agent.dispatch({ origin, path, method, headers, body }, exchange);
  return exchange.head;
}
