// Which fields of the form the daemon refused.
import { LatheProblem } from "@lathe/client";
import type { ArgumentField } from "./argument-fields.ts";
import type { FieldErrors } from "./launch-input.ts";

export interface RefusedFields {
  readonly errors: FieldErrors;
  /** Nothing else was refused: what is said at the fields says all. */
  readonly isAll: boolean;
}

/** `shown`: the fields of the arguments; none where they are one JSON value. */
export function refusedFields(thrown: unknown, shown: readonly ArgumentField[]): RefusedFields {
  if (!(thrown instanceof LatheProblem)) return { errors: new Map(), isAll: false };
  const told = thrown.errors.map(({ field, message }) => [nearestField(field, shown), message] as const);
  const errors = new Map(told.filter(([name]) => isShown(name, shown)));
  return { errors, isAll: told.length > 0 && told.every(([name]) => isShown(name, shown)) };
}

/** What is inside of a limit, or of an argument, has no field of its own. */
function nearestField(name: string, shown: readonly ArgumentField[]): string {
  if (name.startsWith("budget.")) return "budget";
  const argument = shown.find(({ key }) => name.startsWith(`args.${key}.`));
  return argument === undefined ? name : `args.${argument.key}`;
}

function isShown(name: string, shown: readonly ArgumentField[]): boolean {
  if (name === "cwd" || name === "budget") return true;
  if (shown.length === 0) return name === "args" || name.startsWith("args.");
  return shown.some(({ key }) => name === `args.${key}`);
}
