// Outgoing HTTP for tests, as the daemon gives it, over connections that are not kept: a test's server closes at once.
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { type HttpRequest, type HttpResponse, NetworkError, type NetworkPower } from "@lathe/kernel";

/** Real HTTP; redirects are not followed. */
export function testNetwork(): NetworkPower {
  return {
    request: async (asked) => {
      try {
        return responseOf(await headOf(asked), asked);
      } catch (cause) {
        throw networkError(cause, asked);
      }
    },
  };
}

function headOf({ method, url, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
  const target = new URL(url);
  const request = target.protocol === "https:" ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const outgoing = request(target, { method, headers, signal, agent: false });
    outgoing.once("response", resolve);
    // A connection may still break after the head has come; then the body says so.
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function responseOf(answer: IncomingMessage, asked: HttpRequest): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(answer.headersDistinct))
    headers[name] = (values ?? []).join(", ");
  return { status: answer.statusCode ?? 0, headers, body: bodyOf(answer, asked) };
}

async function* bodyOf(answer: IncomingMessage, asked: HttpRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* answer as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw networkError(cause, asked);
  }
}

const codes: Readonly<Record<string, NetworkError["code"]>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "no-such-host",
  ERR_INVALID_URL: "invalid-url",
};

function networkError(cause: unknown, { url, signal }: HttpRequest): NetworkError {
  const name = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const code = signal.aborted ? "aborted" : (codes[name] ?? "reset");
  const host = URL.canParse(url) ? new URL(url).host : "a URL that cannot be read";
  return new NetworkError(code, `The request to ${host} failed (${code}).`, { cause });
}
