// Outgoing HTTP for tests, as the daemon gives it, over connections that are not kept: a test's server closes at once.
import { type HttpRequest, type HttpResponse, NetworkError, type NetworkPower } from "@lathe/kernel";
import { Agent, request } from "undici";

/** Real HTTP; redirects are not followed. */
export function testNetwork(): NetworkPower {
  const dispatcher = new Agent({ pipelining: 0 });
  return { request: (asked) => send(asked, dispatcher) };
}

async function send(asked: HttpRequest, dispatcher: Agent): Promise<HttpResponse> {
  const { method, url, headers, signal, body = null } = asked;
  try {
    const answer = await request(url, { method, headers, signal, body, dispatcher });
    return {
      status: answer.statusCode,
      headers: joinRepeated(answer.headers),
      body: bodyOf(answer.body, url, signal),
    };
  } catch (cause) {
    throw networkError(cause, url, signal);
  }
}

async function* bodyOf(
  body: AsyncIterable<Uint8Array>,
  url: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw networkError(cause, url, signal);
  }
}

function joinRepeated(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return joined;
}

const codes: Readonly<Record<string, NetworkError["code"]>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "no-such-host",
  ERR_INVALID_URL: "invalid-url",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
};

function networkError(cause: unknown, url: string, signal: AbortSignal): NetworkError {
  const name = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const code = signal.aborted ? "aborted" : (codes[name] ?? "reset");
  const host = URL.canParse(url) ? new URL(url).host : "a URL that cannot be read";
  return new NetworkError(code, `The request to ${host} failed (${code}).`, { cause });
}
