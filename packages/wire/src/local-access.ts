import { type Token, token } from "@lathe/kernel";
import type { Principal } from "./operation.ts";

/** What opens this daemon to whoever can read its state folder. The composition offers it to the transports. */
export interface LocalAccess {
  /** Compared as a whole; never logged, never part of a URL that the daemon accepts. */
  readonly token: string;
}

export const LocalAccessService: Token<LocalAccess> = token<LocalAccess>("local-access");

/** Whoever has the local token: may do everything. */
export const localPrincipal: Principal = Object.freeze({
  id: "local",
  scopes: Object.freeze(["public", "read", "write", "admin"] as const),
});
