/** One thing that was looked at. */
export interface Finding {
  readonly subject: string;
  readonly verdict: "ok" | "warn" | "fail";
  /** What was found. */
  readonly message: string;
  /** What to do; `null` where there is nothing to do. */
  readonly advice: string | null;
}

export function ok(subject: string, message: string): Finding {
  return { subject, verdict: "ok", message, advice: null };
}

export function warn(subject: string, message: string, advice: string | null): Finding {
  return { subject, verdict: "warn", message, advice };
}

export function fail(subject: string, message: string, advice: string | null): Finding {
  return { subject, verdict: "fail", message, advice };
}
