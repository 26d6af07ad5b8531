// Problems as HTTP answers.
import type { Problem } from "@lathe/wire";

/** An answer as it goes out. An empty body is not sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function problemAnswer(document: Problem, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status: document.status,
    headers: { "content-type": "application/problem+json", ...headers },
    body: JSON.stringify(document),
  };
}

/** A problem that passes by itself says when to come back. */
export function retryHeaders(document: Problem): Readonly<Record<string, string>> {
  return document.status === 503 ? { "retry-after": "2" } : {};
}
