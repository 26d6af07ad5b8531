// Decides who comes in, from the head of a request alone: before any routing, before any byte of the body, for
// requests and upgrades alike.
//
// Invariants
//   D1  The lists are compared as whole strings. No pattern, no prefix, no parsing of a host that could go wrong.
//   D2  The order is fixed: target, Host, Origin, token or cookie, body. Nothing about the API is told before that.
//   D3  Whatever is not exactly the path of a public operation, or of what a surface shows, needs a token or a cookie,
//       however it is spelled.
//   D4  An upgrade may come without either from a page of an allowed origin alone, and is then nobody's. That an
//       Origin is absent never lets anything in.
//   D5  A cookie says who calls only where the browser shows that a page of an allowed origin asks; for an upgrade, and
//       for what may change something, by the Origin alone. Beside an Authorization header it is not looked at.
import { problem } from "@lathe/extension-kit";
import type { Problem, Session } from "@lathe/wire";
import { announcesBody, checkBody } from "./body-check.ts";
import { readPageCookie } from "./page-cookie.ts";
import { type Answer, problemAnswer } from "./problems.ts";
import {
  collectHeaders,
  type Headers,
  type RequestHead,
  readTarget,
  type Target,
  takesPages,
} from "./request-head.ts";

export interface DoorRules {
  readonly allowedHosts: ReadonlySet<string>;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly bodyBytesMax: number;
  /** Whose token this is; undefined = nobody's. */
  authenticate(token: string): Session | undefined;
  /** Whose cookie this is; undefined = nobody's. */
  recognize(secret: string): Session | undefined;
  /** Whether this is for everybody: a public operation has exactly this method and path, or a surface shows something. */
  isPublic(asked: Asked): boolean;
}

export interface Asked {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** Whether the caller names `text/html` among what it takes. */
  readonly wantsPage: boolean;
}

export type Verdict =
  | {
      readonly kind: "admitted";
      readonly session: Session;
      /** What the session was recognized by, where that was a cookie. */
      readonly cookieSecret: string | null;
      readonly asked: Asked;
      /** With the query. */
      readonly path: string;
      readonly hasBody: boolean;
    }
  | Refused;

export type UpgradeVerdict =
  | {
      readonly kind: "admitted";
      /** Undefined = it has to say who it is in its own protocol. */
      readonly session: Session | undefined;
      /** Without the query. */
      readonly path: string;
    }
  | Refused;

interface Refused {
  readonly kind: "refused";
  readonly answer: Answer;
}

const anyone: Session = {
  principal: { id: "anyone", scopes: ["public"] },
  ended: new AbortController().signal,
};

const headerCountMax = 100;
const queryNamesOfTokens: readonly string[] = ["token", "access_token", "api_key", "authorization"];

export function judge(head: RequestHead, rules: DoorRules): Verdict {
  const headers = collectHeaders(head.rawHeaders);
  const target = readTarget(head.target);
  const stranger = checkPlace(head, headers, target, rules);
  if (stranger !== undefined) return refuse(stranger);
  const asked = { method: head.method, path: target.path, wantsPage: takesPages(headers) };
  const caller = findCaller(headers, asked, rules);
  if (caller.kind === "refused") return caller;
  const hasBody = announcesBody(headers);
  const unwelcome = hasBody ? checkBody(head.method, headers, rules.bodyBytesMax) : undefined;
  if (unwelcome !== undefined) return refuse(unwelcome);
  return { ...caller, kind: "admitted", path: `${target.path}${target.query}`, asked, hasBody };
}

interface Caller {
  readonly kind: "caller";
  readonly session: Session;
  readonly cookieSecret: string | null;
}

function findCaller(headers: Headers, asked: Asked, rules: DoorRules): Caller | Refused {
  const byToken = recognize(headers, rules);
  if (byToken !== undefined) return { kind: "caller", session: byToken, cookieSecret: null };
  // A browser that comes from elsewhere may go to a page, whatever cookie it brings: nothing is done in its name.
  if (rules.isPublic(asked)) return { kind: "caller", session: anyone, cookieSecret: null };
  if (headers.has("authorization")) return refuse(unauthorized, challenge);
  const cookie = readPageCookie(headers, !(asked.method === "GET" || asked.method === "HEAD"));
  if (cookie.kind === "foreign") return refuse(foreignPage);
  const session = cookie.kind === "counts" ? rules.recognize(cookie.secret) : undefined;
  if (cookie.kind === "none" || session === undefined) return refuse(unauthorized, challenge);
  return { kind: "caller", session, cookieSecret: cookie.secret };
}

export function judgeUpgrade(head: RequestHead, rules: DoorRules): UpgradeVerdict {
  const headers = collectHeaders(head.rawHeaders);
  const target = readTarget(head.target);
  const stranger = checkPlace(head, headers, target, rules);
  if (stranger !== undefined) return refuse(stranger);
  const byToken = recognize(headers, rules);
  const isPage = headers.has("origin") && !headers.has("authorization");
  if (byToken === undefined && !isPage) return refuse(unauthorized, challenge);
  const cookie = readPageCookie(headers, true);
  if (isPage && cookie.kind === "foreign") return refuse(foreignPage);
  if (announcesBody(headers)) return refuse(bodyOfUpgrade);
  const byCookie = cookie.kind === "counts" ? rules.recognize(cookie.secret) : undefined;
  return { kind: "admitted", session: byToken ?? byCookie, path: target.path };
}

const unauthorized = problem(
  401,
  "unauthorized",
  "The request needs the header `Authorization: Bearer <token>`, once. `lathe up` prints the token, and the file `token` in the state folder holds it. A page needs to be signed in.",
);
const foreignPage = problem(
  403,
  "origin-not-allowed",
  "Pages of other origins may not call the daemon in the name of who is signed in here.",
);
const bodyOfUpgrade = problem(400, "unexpected-body", "A request for another protocol carries no body here.");
const challenge: Readonly<Record<string, string>> = { "www-authenticate": 'Bearer realm="lathe"' };

function refuse(because: Problem, headers: Readonly<Record<string, string>> = {}): Refused {
  return { kind: "refused", answer: problemAnswer(because, headers) };
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

// A single, exact spelling: every further one is a way in that somebody forgets to check.
const scheme = "Bearer ";

function recognize(headers: Headers, rules: DoorRules): Session | undefined {
  const authorizations = headers.get("authorization") ?? [];
  const [authorization] = authorizations;
  if (authorizations.length !== 1 || authorization === undefined) return undefined;
  if (!authorization.startsWith(scheme)) return undefined;
  return rules.authenticate(authorization.slice(scheme.length));
}
