// What went wrong, for the person at the terminal.
import { LatheProblem } from "@lathe/client";
import { calledAs } from "./terminal.ts";

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
  return named === "" ? asCommand(failure.message) : `${failure.message} ${named}`;
}

/** What the commands say where a problem names a route, for who writes a client. */
const commands: Readonly<Record<string, string>> = {
  "/api/conversations": "conversations",
  "/api/extensions": "extensions",
  "/api/runs": "runs",
  "/api/runs/ID": "runs show ID",
  "/api/runs/ID/workflow": "workflows status RUN",
};

function asCommand(message: string): string {
  return message.replace(/ with GET (\/api\/[\w/]+)\.$/, (said, route: string) => {
    const command = Object.hasOwn(commands, route) ? commands[route] : undefined;
    return command === undefined ? said : ` with: ${calledAs} ${command}`;
  });
}
