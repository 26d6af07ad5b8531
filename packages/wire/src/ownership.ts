// Who may see what. The two answers to "not yours" and "not there" have one length, so that nobody can tell the one from
// the other by its size.
import { type Principal, ProblemError } from "./operation.ts";

const forbiddenDetail = "This belongs to another principal. Ask for what is your own.";

/** Throws the problem `forbidden` unless the principal owns it, or may do everything. */
export function refuseOthers(principal: Principal, owner: string): void {
  if (!mayTouch(principal, owner)) throw new ProblemError(403, "forbidden", forbiddenDetail);
}

/** Whether something of this owner is the principal's to see and to change. */
export function mayTouch(principal: Principal, owner: string): boolean {
  return principal.id === owner || principal.scopes.includes("admin");
}
