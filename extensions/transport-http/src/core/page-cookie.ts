// The cookie by which a page of ours is recognized, and what a request must show before it counts.
//
// Browsers send cookies by themselves, also with what another page made them ask, and `SameSite` does not tell the ports
// of a machine apart. So the cookie says who calls only where the browser says too that a page of ours asked: by the
// Origin, which no page can set, or, for what changes nothing, by Sec-Fetch-Site.
import type { Headers } from "./request-head.ts";

export type CookieOutcome =
  /** There is none, or it does not count. */
  | { readonly kind: "none" }
  /** It came with what a page of another origin asked. */
  | { readonly kind: "foreign" }
  | { readonly kind: "counts"; readonly secret: string };

/** What is checked before: the Host is one of the own, and so is the Origin, where there is one. */
export function readPageCookie(headers: Headers, needsOrigin: boolean): CookieOutcome {
  const secrets = cookiesOf(headers, pageCookieName(headers.get("host")?.[0] ?? ""));
  if (secrets.length === 0) return none;
  const sites = headers.get("sec-fetch-site") ?? [];
  if (sites.some((site) => foreignSites.includes(site))) return { kind: "foreign" };
  const [secret] = secrets;
  // Of two with one name, one was put there by somebody else, and nothing says which.
  if (secrets.length > 1 || secret === undefined) return none;
  const isOwnSite = sites.length === 1 && sites[0] === "same-origin";
  const isShown = headers.has("origin") || (isOwnSite && !needsOrigin);
  return isShown ? { kind: "counts", secret } : none;
}

/** Cookies do not know ports, and daemons share a machine: each has its own name, by the port that the browser sees. */
export function pageCookieName(host: string): string {
  const port = /:(\d+)$/.exec(host)?.[1];
  return port === undefined ? "lathe-session" : `lathe-session-${port}`;
}

/** The value of a Set-Cookie header. With an age of 0 the browser forgets the cookie. */
export function setPageCookie(headers: Headers, secret: string, maxAgeMs: number): string {
  const name = pageCookieName(headers.get("host")?.[0] ?? "");
  const isEncrypted = headers.get("origin")?.[0]?.startsWith("https://") === true;
  const maxAgeS = Math.max(0, Math.floor(maxAgeMs / 1_000));
  const flags = `Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict`;
  return `${name}=${secret}; ${flags}${isEncrypted ? "; Secure" : ""}`;
}

const none: CookieOutcome = { kind: "none" };
const foreignSites: readonly string[] = ["cross-site", "same-site"];

function cookiesOf(headers: Headers, name: string): readonly string[] {
  const prefix = `${name}=`;
  return (headers.get("cookie") ?? [])
    .flatMap((line) => line.split(";"))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length));
}
