// Signing in, asking who one is, and signing out.
import { type AnyOperation, implementOperation, localPrincipal, ProblemError } from "@lathe/wire";
import { sessionBegin, sessionEnd, sessionGet } from "@lathe/wire/operations";
import { type SignedInPages, sessionMs } from "./signed-in-pages.ts";

export function sessionOperations(pages: SignedInPages): readonly AnyOperation[] {
  return [
    implementOperation(sessionBegin, {
      run: async (_input, { principal, cookie }) => {
        if (cookie === undefined) throw new ProblemError(400, "cookies-need-http", needsHttp);
        if (cookie.secret !== null) throw new ProblemError(409, "token-needed", needsToken);
        if (principal.id !== localPrincipal.id) throw new ProblemError(403, "forbidden", notLocal);
        const { secret, expiresAtMs } = pages.begin();
        cookie.keep(secret, sessionMs);
        return { principal, expiresAtMs };
      },
    }),
    implementOperation(sessionGet, {
      run: async (_input, { principal, cookie }) => {
        const held = cookie?.secret ?? null;
        const kept = held === null ? undefined : pages.renew(held);
        if (kept !== undefined && kept.secret !== held) cookie?.keep(kept.secret, sessionMs);
        return { principal, expiresAtMs: kept?.expiresAtMs ?? null };
      },
    }),
    implementOperation(sessionEnd, {
      run: async (_input, { cookie }) => {
        if (cookie === undefined) throw new ProblemError(400, "cookies-need-http", needsHttp);
        if (cookie.secret === null) throw new ProblemError(409, "no-session", noSession);
        // The browser forgets it also where it cannot be written down that it is over.
        cookie.drop();
        await pages.end(cookie.secret);
        return null;
      },
    }),
  ];
}

const needsHttp = "A cookie cannot be set or taken back over this transport. Call this operation over HTTP.";
const needsToken =
  "This page is signed in already. To sign in anew, send the token in the Authorization header.";
const notLocal = "Only the local token can sign a page in.";
const noSession = "The call was made with a token, which no session belongs to: there is nothing to end.";
