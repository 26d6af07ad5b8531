import { type CommandOutcome, FileAccessError } from "@lathe/kernel";
import { systemCode } from "./system-code.ts";

export type NotStarted = Extract<CommandOutcome, { readonly kind: "not-started" }>;

/** Puts what kept a command from starting into an outcome that names the program and says what to do. */
export function describeNotStarted(cause: unknown, program: string): NotStarted {
  const [reason, message] = explain(cause, program);
  return { kind: "not-started", reason, message };
}

function explain(cause: unknown, program: string): readonly [NotStarted["reason"], string] {
  const code = systemCode(cause instanceof FileAccessError ? cause.cause : cause);
  if (code === "EMFILE" || code === "ENFILE" || code === "EAGAIN" || code === "ENOMEM") {
    return ["no-resources", `The system has no room for another process (${code}). Try again in a moment.`];
  }
  if (cause instanceof FileAccessError) return [reasonOf(cause), cause.message];
  if (code === "ENOENT") return ["no-such-program", `The program "${program}" was not found.`];
  if (code === "EACCES" || code === "EPERM") {
    return ["not-permitted", `The daemon's user may not start "${program}".`];
  }
  if (code === "E2BIG") {
    return ["invalid-command", "The command is too long for the system. Put it into a file and run that."];
  }
  if (code === "ERR_INVALID_ARG_VALUE" || code === "ENOEXEC") {
    return ["invalid-command", `"${program}" cannot be started with these arguments (${code}).`];
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return ["no-resources", `The command could not be started: ${detail}`];
}

function reasonOf(error: FileAccessError): NotStarted["reason"] {
  if (error.code === "outside-root") return "outside-root";
  if (error.code === "not-permitted") return "not-permitted";
  return error.code === "io" ? "no-resources" : "no-such-folder";
}
