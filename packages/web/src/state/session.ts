// Who uses this page. The token is seen once, in the fragment of the printed URL, and exchanged for a cookie that no
// script can read; from then on the page holds no secret.
import { connect, LatheProblem } from "@lathe/client";
import { sessionBegin, sessionEnd, sessionGet } from "@lathe/wire/operations";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

export type Session =
  | { readonly kind: "asking" }
  /** `reason`: why one has to sign in again; null where it is the first time. */
  | { readonly kind: "signed-out"; readonly reason: string | null }
  | { readonly kind: "signed-in"; readonly principalId: string };

const current: Signal<Session> = signal({ kind: "asking" });
export const session: ReadonlySignal<Session> = current;

/** Takes the token out of the address bar and of the history, where there is one. Called before anything else. */
export function takeFragmentToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (location.hash !== "") history.replaceState(null, "", `${location.pathname}${location.search}`);
  return token === null || token === "" ? undefined : token;
}

/** The printed URL may be opened where the page is shown already: only the fragment is another one then. Called once. */
export function followFragment(): void {
  addEventListener("hashchange", () => {
    const token = takeFragmentToken();
    if (token !== undefined) void beginSession(token);
  });
}

/**
 * Signs in with the token, or with the cookie of an earlier time: a bookmark may hold a token that is good no more, in a
 * browser that is signed in. Never throws: the session says how it went.
 */
export async function beginSession(token: string | undefined): Promise<void> {
  current.value = { kind: "asking" };
  const byToken = token === undefined ? undefined : await tryToken(token);
  if (byToken?.kind === "signed-in") {
    current.value = byToken;
    return;
  }
  const byCookie = await tryCookie();
  current.value = byCookie.kind === "signed-in" ? byCookie : (byToken ?? byCookie);
}

/** Signs in with the token alone. Never throws. */
export async function signIn(token: string): Promise<void> {
  current.value = { kind: "asking" };
  current.value = await tryToken(token);
}

async function tryToken(token: string): Promise<Session> {
  try {
    using client = connect({ url: location.origin, token });
    const { principal } = await client.call(sessionBegin);
    return { kind: "signed-in", principalId: principal.id };
  } catch (failure) {
    const isWrong = isUnauthorized(failure);
    const reason = isWrong ? "This token is not the daemon's. Copy it again." : reasonOf(failure);
    return { kind: "signed-out", reason };
  }
}

async function tryCookie(): Promise<Session> {
  try {
    using client = connect({ url: location.origin });
    const { principal } = await client.call(sessionGet);
    return { kind: "signed-in", principalId: principal.id };
  } catch (failure) {
    return { kind: "signed-out", reason: isUnauthorized(failure) ? null : reasonOf(failure) };
  }
}

export async function signOut(): Promise<void> {
  using client = connect({ url: location.origin });
  await client.call(sessionEnd);
  current.value = { kind: "signed-out", reason: null };
}

/** Whoever is refused says so here: the page then asks to sign in again. */
export function noteRefusal(failure: unknown): void {
  if (isUnauthorized(failure) && current.value.kind === "signed-in")
    current.value = {
      kind: "signed-out",
      reason: "You were signed out. Open the printed URL again, or enter the token.",
    };
}

export function isUnauthorized(failure: unknown): boolean {
  return failure instanceof LatheProblem && failure.status === 401;
}

function reasonOf(failure: unknown): string {
  return failure instanceof LatheProblem
    ? failure.message
    : "The daemon does not answer. Start it with npm start, then reload this page.";
}
