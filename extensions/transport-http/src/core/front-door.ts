// Decides who comes in, from the head of a request alone: before any routing, before any byte of the body, for
// requests and upgrades alike.
//
// Invariants
//   D1  The lists are compared as whole strings. No pattern, no prefix, no parsing of a host that could go wrong.
//   D2  The order is fixed: target, Host, Origin, token, body. Nothing about the API is told before the token.
//   D3  Whatever is not exactly the path of a public operation needs the token, however it is spelled.
import { createHash, timingSafeEqual } from "node:crypto";
import type { OperationScope, Principal, Problem } from "@lathe/wire";
import { type Answer, problem, problemAnswer } from "./problems.ts";

/** A request's head, as it was sent: header names and values in turn. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
}

export interface DoorRules {
  readonly allowedHosts: ReadonlySet<string>;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly token: string;
  readonly bodyBytesMax: number;
  /** Whether a public operation has exactly this method and path. */
  isPublic(method: string, path: string): boolean;
}

export type Verdict =
  | {
      readonly kind: "admitted";
      readonly principal: Principal;
      readonly path: string;
      readonly hasBody: boolean;
    }
  | { readonly kind: "refused"; readonly answer: Answer };

const everything: readonly OperationScope[] = ["public", "read", "write", "admin"];
const localPrincipal: Principal = { id: "local", scopes: everything };
const anyone: Principal = { id: "anyone", scopes: ["public"] };

const headerCountMax = 100;
const queryNamesOfTokens: readonly string[] = ["token", "access_token", "api_key", "authorization"];
const methodsWithBody: readonly string[] = ["POST", "PUT", "PATCH"];

export function judge(head: RequestHead, rules: DoorRules): Verdict {
  const headers = collectHeaders(head.rawHeaders);
  const target = readTarget(head.target);
  const stranger = checkPlace(head, headers, target, rules);
  if (stranger !== undefined) return refuse(stranger);
  const principal = recognize(head, headers, target, rules);
  if (principal === undefined) return refuse(unauthorized, { "www-authenticate": 'Bearer realm="lathe"' });
  const hasBody = announcesBody(headers);
  const unwelcome = hasBody ? checkBody(head.method, headers, rules) : undefined;
  if (unwelcome !== undefined) return refuse(unwelcome);
  return { kind: "admitted", principal, path: `${target.path}${target.query}`, hasBody };
}

const unauthorized = problem(
  401,
  "unauthorized",
  "The request needs the header `Authorization: Bearer <token>`, once. `lathe up` prints the token, and the file `token` in the state folder holds it.",
);

function refuse(because: Problem, headers: Readonly<Record<string, string>> = {}): Verdict {
  return { kind: "refused", answer: problemAnswer(because, headers) };
}

interface Target {
  /** Of the absolute form `http://host/path`; undefined for the usual form. Null = neither form. */
  readonly authority: string | undefined | null;
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
}

function readTarget(target: string): Target {
  const absolute = /^http:\/\/([^/?#]*)(.*)$/s.exec(target);
  const rest = absolute === null ? target : (absolute[2] ?? "");
  const at = rest.indexOf("?");
  const path = (at === -1 ? rest : rest.slice(0, at)) || (absolute === null ? "" : "/");
  const query = at === -1 ? "" : rest.slice(at);
  if (absolute !== null) return { authority: absolute[1] ?? "", path, query };
  return { authority: target.startsWith("/") ? undefined : null, path, query };
}

type Headers = ReadonlyMap<string, readonly string[]>;

// From the raw list: Node keeps the first of two Host or Authorization headers and says nothing.
function collectHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    const value = rawHeaders[at + 1] ?? "";
    const held = headers.get(name);
    if (held === undefined) headers.set(name, [value]);
    else held.push(value);
  }
  return headers;
}

/** What is wrong with where the request says that it goes, and comes from. */
function checkPlace(
  head: RequestHead,
  headers: Headers,
  target: Target,
  rules: DoorRules,
): Problem | undefined {
  if (head.rawHeaders.length > 2 * headerCountMax)
    return problem(431, "too-many-headers", `A request may have ${headerCountMax} headers.`);
  if (target.authority === null || target.path.includes("#"))
    return problem(400, "invalid-target", "The request's target must be a path that begins with /.");
  const hosts = headers.get("host") ?? [];
  const [host] = hosts;
  if (hosts.length !== 1 || host === undefined)
    return problem(400, "invalid-host", "A request must have exactly one Host header.");
  if (!rules.allowedHosts.has(host))
    return problem(403, "host-not-allowed", "The Host header names none of this daemon's addresses.");
  if (target.authority !== undefined && target.authority !== host)
    return problem(400, "invalid-host", "The request's target and its Host header name different hosts.");
  const origins = headers.get("origin") ?? [];
  if (origins.length > 1 || origins.some((origin) => !rules.allowedOrigins.has(origin)))
    return problem(403, "origin-not-allowed", "Pages of this origin may not call the daemon.");
  if (target.query !== "" && namesToken(target.query))
    return problem(400, "token-in-query", "Send the token in the Authorization header, never in the URL.");
  return undefined;
}

// A secret in a URL ends up in logs and histories, so that nobody should find that it works.
function namesToken(query: string): boolean {
  return [...new URLSearchParams(query).keys()].some((name) =>
    queryNamesOfTokens.includes(name.toLowerCase()),
  );
}

function recognize(
  head: RequestHead,
  headers: Headers,
  target: Target,
  rules: DoorRules,
): Principal | undefined {
  const authorizations = headers.get("authorization") ?? [];
  const [authorization] = authorizations;
  const expected = `Bearer ${rules.token}`;
  // A single, exact spelling: every further one is a way in that somebody forgets to check.
  if (authorizations.length === 1 && authorization !== undefined && sameSecret(authorization, expected))
    return localPrincipal;
  return rules.isPublic(head.method, target.path) ? anyone : undefined;
}

// Digests have one length, so that the time tells neither the length nor the first difference.
function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected));
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function announcesBody(headers: Headers): boolean {
  if (headers.has("transfer-encoding")) return true;
  return (headers.get("content-length") ?? []).some((length) => length.trim() !== "0");
}

function checkBody(method: string, headers: Headers, rules: DoorRules): Problem | undefined {
  if (!methodsWithBody.includes(method))
    return problem(400, "unexpected-body", `A ${method} request carries no body here.`);
  const types = headers.get("content-type") ?? [];
  if (types.length !== 1 || !isJson(types[0] ?? "") || headers.has("content-encoding"))
    return problem(
      415,
      "unsupported-media-type",
      "A body must be sent as `Content-Type: application/json`, in UTF-8 and not compressed.",
    );
  const announcedBytes = Number(headers.get("content-length")?.[0] ?? 0);
  return announcedBytes > rules.bodyBytesMax ? bodyTooLarge(rules.bodyBytesMax) : undefined;
}

export function bodyTooLarge(bodyBytesMax: number): Problem {
  return problem(413, "body-too-large", `A body may have ${bodyBytesMax} bytes.`);
}

function isJson(contentType: string): boolean {
  const [type, ...parameters] = contentType.toLowerCase().split(";");
  return (
    type?.trim() === "application/json" &&
    parameters.every((parameter) => /^\s*charset="?utf-8"?\s*$/.test(parameter))
  );
}
