import { type Token, token } from "@lathe/kernel";
import type { Session } from "./authenticator.ts";

/**
 * Knows the pages that are signed in, by the secrets of their cookies.
 *
 * Such a secret is no token: a transport asks here only where a browser has shown that one of the daemon's own pages
 * calls, and never with what came in an Authorization header.
 */
export interface PageSessions {
  /** Undefined where the secret is nobody's, or no longer. Takes the same time for every wrong one. */
  recognize(secret: string): Session | undefined;
}

export const PageSessionsService: Token<PageSessions> = token<PageSessions>("page-sessions");
