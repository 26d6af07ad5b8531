import type { CommandOutcome, ToolOutput } from "@lathe/kernel";
import { toPlainText } from "./plain-text.ts";

/** What the model reads about a command: its output, then one line in brackets about how it ended. */
export function describeOutcome(outcome: CommandOutcome, timeoutMs: number): ToolOutput {
  if (outcome.kind === "not-started") {
    const { reason, message } = outcome;
    return { content: `[not started: ${message}]`, isError: true, details: { kind: outcome.kind, reason } };
  }
  const { kind, droppedBytes, durationMs } = outcome;
  const ending = describeEnding(outcome, timeoutMs);
  const dropped = droppedBytes > 0 ? `; truncated ${droppedBytes} bytes of output after this` : "";
  const text = toPlainText(outcome.output);
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  const isError = kind !== "exited" || outcome.exitCode !== 0;
  return {
    content: `${text}${gap}[${ending}${dropped}${text === "" ? "; no output" : ""}]`,
    ...(isError ? { isError } : {}),
    details: {
      kind,
      exitCode: kind === "exited" ? outcome.exitCode : null,
      signal: kind === "signalled" ? outcome.signal : null,
      durationMs: Math.round(durationMs),
      droppedBytes,
    },
  };
}

type Ended = Exclude<CommandOutcome, { readonly kind: "not-started" }>;

function describeEnding(outcome: Ended, timeoutMs: number): string {
  switch (outcome.kind) {
    case "exited":
      return `exit code ${outcome.exitCode}`;
    case "signalled":
      return `ended by ${outcome.signal}`;
    case "timed-out":
      return `timed out after ${timeoutMs} ms; the command and everything it started is being ended`;
    case "aborted":
      return "aborted; the command and everything it started is being ended";
  }
}
