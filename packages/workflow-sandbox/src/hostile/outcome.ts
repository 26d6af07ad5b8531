// How a script ended, in the words of the suite.
import type { ScriptResult } from "../testing.ts";
import type { Expectation } from "./hostile-script.ts";

export type OutcomeKind = "safe" | "returned" | "escaped" | "rejected" | "failed" | "limited" | "broken";

export interface Outcome {
  readonly kind: OutcomeKind;
  /** The code of the error, where there is one. */
  readonly code: string | null;
  /** For those who look into a difference. */
  readonly detail: string;
}

const ownEndings: ReadonlySet<string> = new Set(["script-error", "invalid-result", "never-ends"]);
const limitEndings: ReadonlySet<string> = new Set([
  "cpu-limit",
  "memory-limit",
  "time-limit",
  "message-limit",
]);
const detailCharsMax = 200;

export function outcomeOf(result: ScriptResult): Outcome {
  if ("refused" in result) {
    const { code, message } = result.refused;
    return outcome(code === "compiler-failed" ? "broken" : "rejected", code, message);
  }
  const { ending } = result;
  if (ending.kind === "aborted") return outcome("broken", "aborted", "nobody asked for that");
  if (ending.kind === "failed") {
    const { code, message } = ending.failure;
    return outcome(
      ownEndings.has(code) ? "failed" : limitEndings.has(code) ? "limited" : "broken",
      code,
      message,
    );
  }
  const text = typeof ending.value === "string" ? ending.value : JSON.stringify(ending.value ?? null);
  const kind = text.startsWith("ESCAPED") ? "escaped" : /^safe\b/.test(text) ? "safe" : "returned";
  return outcome(kind, null, text);
}

export function isExpected(seen: Outcome, expected: readonly Expectation[]): boolean {
  return expected.some((one) => {
    const [kind, code] = one.split(":");
    // Whatever may return anything may also say that it found nothing.
    const isKind = kind === seen.kind || (kind === "returned" && seen.kind === "safe");
    return isKind && (code === undefined || code === seen.code);
  });
}

export function describeOutcome({ kind, code }: Outcome): string {
  return code === null ? kind : `${kind}:${code}`;
}

function outcome(kind: OutcomeKind, code: string | null, detail: string): Outcome {
  return { kind, code, detail: detail.slice(0, detailCharsMax) };
}
