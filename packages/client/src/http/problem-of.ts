import type { Problem } from "@lathe/wire";
import { LatheProblem } from "../errors.ts";

/** The problem that an answer tells of. A proxy in between answers in forms of its own. */
export function problemOf(response: Response, text: string): LatheProblem {
  const { status } = response;
  const retryAfterMs = retryAfter(response.headers.get("retry-after"));
  const document = parse(text);
  const isProblem = typeof document?.code === "string" && typeof document.detail === "string";
  const problem: Problem = isProblem
    ? { ...(document as Problem), status }
    : {
        type: "about:blank",
        title: "unknown",
        status,
        code: "unknown",
        detail: `The answer was ${status}, in a form that is not Lathe's. Look at what stands between here and the daemon.`,
      };
  return new LatheProblem(problem, { retryAfterMs });
}

function parse(text: string): Partial<Problem> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** Whole seconds only; a date would need two clocks that agree. */
function retryAfter(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
}
