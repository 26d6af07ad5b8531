// What can be wrong with a request before and below HTTP, in the words of the kernel's contract.
import { NetworkError } from "@lathe/kernel";

export type Target =
  | { readonly kind: "reachable"; readonly origin: string; readonly path: string; readonly host: string }
  | { readonly kind: "refused"; readonly failure: NetworkError };

export function parseTarget(url: string): Target {
  const parsed = URL.parse(url);
  if (parsed === null) return refuse("The URL cannot be read.");
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    return refuse(`Only http and https can be requested, not ${parsed.protocol}`);
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return refuse(`The URL of ${parsed.host} holds a user name or a password. Send them as a header.`);
  }
  const { origin, pathname, search, host } = parsed;
  return { kind: "reachable", origin, path: pathname + search, host };
}

function refuse(message: string): Target {
  return { kind: "refused", failure: new NetworkError("invalid-url", message) };
}

const sentences: Readonly<Record<NetworkError["code"], string>> = {
  refused: "cannot be reached: the connection was refused",
  "no-such-host": "cannot be found: there is no address for this name",
  tls: "could not be trusted: its certificate or the TLS handshake is not valid",
  reset: "closed the connection before the answer was whole",
  timeout: "did not answer in time",
  aborted: "is not waited for any more: the request was aborted",
  "not-permitted": "may not be requested",
  "invalid-url": "cannot be sent this request: its URL or a header is not valid",
};

export function networkFailure(code: NetworkError["code"], host: string, cause?: unknown): NetworkError {
  return new NetworkError(code, `${host} ${sentences[code]}.`, cause === undefined ? {} : { cause });
}

/** Names what undici or the operating system reported. */
export function networkFailureOf(cause: unknown, host: string): NetworkError {
  return networkFailure(codeOf(systemCodeOf(cause)), host, cause);
}

function systemCodeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

const codes: ReadonlyMap<string, NetworkError["code"]> = new Map([
  ["ECONNREFUSED", "refused"],
  ["EHOSTUNREACH", "refused"],
  ["ENETUNREACH", "refused"],
  ["ENOTFOUND", "no-such-host"],
  ["EAI_AGAIN", "no-such-host"],
  ["EPROTO", "tls"],
  ["ETIMEDOUT", "timeout"],
  ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
  ["UND_ERR_HEADERS_TIMEOUT", "timeout"],
  ["UND_ERR_BODY_TIMEOUT", "timeout"],
  ["UND_ERR_INVALID_ARG", "invalid-url"],
]);

/** OpenSSL's verdicts on a certificate come under many names, with these beginnings. */
const tlsBeginnings = [
  "ERR_TLS_",
  "ERR_SSL_",
  "CERT_",
  "UNABLE_TO_",
  "SELF_SIGNED",
  "DEPTH_ZERO_",
  "HOSTNAME_",
];

function codeOf(systemCode: string): NetworkError["code"] {
  const known = codes.get(systemCode);
  if (known !== undefined) return known;
  return tlsBeginnings.some((beginning) => systemCode.startsWith(beginning)) ? "tls" : "reset";
}
