import { type ContributionPoint, contributionPoint } from "@lathe/kernel";
import type { Principal } from "./operation.ts";

/** Knows some of those who may call. Transports ask each that is contributed, in order of name. */
export interface Authenticator {
  /** Undefined where the token is none of its own. Takes the same time for every wrong token. */
  authenticate(token: string): Session | undefined;
}

export interface Session {
  readonly principal: Principal;
  /** Aborts when the token is no longer good: streams and sockets of the session end within 5 s. */
  readonly ended: AbortSignal;
}

export const Authenticators: ContributionPoint<Authenticator> =
  contributionPoint<Authenticator>("authenticators");
