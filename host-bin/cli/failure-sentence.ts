// What went wrong, for the person at the terminal.
import { LatheProblem } from "@lathe/client";

const missingOperation =
  "The daemon does not offer this, since an extension is not active. See why with: lathe extensions";

/** In one sentence, or a few. Where the daemon names the fields that are wrong, they are named. */
export function failureSentence(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  if (!(failure instanceof LatheProblem)) return failure.message;
  // The commands ask for what the built-in extensions offer.
  if (failure.code === "not-found") return missingOperation;
  const fields = failure.errors.filter(({ message }) => message !== failure.message);
  const named = fields.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return named === "" ? failure.message : `${failure.message} ${named}`;
}
