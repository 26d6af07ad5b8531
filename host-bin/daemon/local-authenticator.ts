import { createHash, timingSafeEqual } from "node:crypto";
import { type Authenticator, localPrincipal, type Session } from "@lathe/wire";

/** Knows the one who can read the state folder, by the token in it, for as long as the daemon runs. */
export function createLocalAuthenticator(token: string): Authenticator {
  const expected = digestOf(token);
  const session: Session = Object.freeze({
    principal: localPrincipal,
    ended: new AbortController().signal,
  });
  return Object.freeze({
    // Digests have one length, so that the time tells neither the length nor the first difference.
    authenticate: (given: string) => (timingSafeEqual(digestOf(given), expected) ? session : undefined),
  });
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
