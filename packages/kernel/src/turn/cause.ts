// What can be told of something that was thrown without repeating its message, which may hold anything.

/** The name of the error, for example `TypeError`. */
export function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return `a thrown ${typeof cause}`;
  return typeof cause.name === "string" ? cause.name : "Error";
}

/** The innermost frames of the error's stack, where it has one. */
export function placeOf(cause: unknown): string {
  if (!(cause instanceof Error) || typeof cause.stack !== "string") return "unknown";
  const frames = cause.stack.split("\n").filter((line) => /^ {4}at /.test(line));
  return frames.length === 0 ? "unknown" : frames.slice(0, framesMax).join("").trim();
}

const framesMax = 4;
