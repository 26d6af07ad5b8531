// Who may see what. The answers to "not yours" and "not there" have one length, so that nobody can tell the one from the
// other by its size.
import { UnknownConversationError } from "@lathe/kernel";
import { type Principal, ProblemError } from "./operation.ts";

/**
 * Throws the problem `forbidden` unless the principal owns it, or may do everything. `unknown` is what is answered where
 * there is no such thing; where it is left out, that is an unknown conversation.
 */
export function refuseOthers(principal: Principal, owner: string, unknown?: ProblemError): void {
  if (!mayTouch(principal, owner)) throw forbiddenAs(unknown ?? unknownConversation());
}

/** Whether something of this owner is the principal's to see and to change. */
export function mayTouch(principal: Principal, owner: string): boolean {
  return principal.id === owner || principal.scopes.includes("admin");
}

/** The problem `forbidden`, as long as this one when both are sent. */
export function forbiddenAs(unknown: ProblemError): ProblemError {
  const length = lengthOf(unknown) - lengthOf(forbidden(""));
  const detail = details.find((text) => text.length <= length) ?? "";
  return forbidden(detail.padEnd(length));
}

// The longest that fits is taken, and spaces fill it up.
const details: readonly string[] = [
  "This belongs to another principal. Ask for what is your own: the lists show it.",
  "This belongs to another principal. Ask for what is your own.",
  "This belongs to another principal.",
];

function forbidden(detail: string): ProblemError {
  return new ProblemError(403, "forbidden", detail);
}

function unknownConversation(): ProblemError {
  const { code, message } = new UnknownConversationError("");
  return new ProblemError(404, code, message);
}

function lengthOf(problem: ProblemError): number {
  return JSON.stringify(problem.toProblem()).length;
}
