// A failure, with what to do about it.
import { ConnectionError, LatheProblem } from "@lathe/client";
import type { ComponentChildren, JSX } from "preact";
import { VisibleText } from "./code/visible-text.tsx";
import { Icon } from "./icon.tsx";

export interface ProblemCardProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

export function ProblemCard({ title, children, actions }: ProblemCardProps): JSX.Element {
  return (
    <div class="problem-card">
      <p class="problem-title">
        <Icon name="error" />
        <strong>{title}</strong>
      </p>
      <div class="foreign problem-text" dir="auto">
        {typeof children === "string" ? <VisibleText text={children} /> : children}
      </div>
      {actions === undefined ? null : <div class="problem-actions">{actions}</div>}
    </div>
  );
}

/** What was thrown by the client, in words: what happened, and which fields are wrong. */
export function failureText(failure: unknown): string {
  if (failure instanceof LatheProblem) {
    const fields = failure.errors.map(({ field, message }) =>
      field === "" ? message : `${field}: ${message}`,
    );
    return [forReaders(failure.message), ...fields].join("\n");
  }
  if (failure instanceof ConnectionError)
    return failure.mayHaveHappened
      ? "The connection was lost before the answer came. It may have been done: look before you try again."
      : "The daemon cannot be reached. Nothing was done.";
  return failure instanceof Error ? failure.message : String(failure);
}

/** Without the sentences that name a route: they are for who writes a client, and the page has links and buttons. */
function forReaders(message: string): string {
  const kept = message.split(/(?<=\.)\s+/).filter((sentence) => !/\b[A-Z]+ \/api\//.test(sentence));
  return kept.length === 0 ? message : kept.join(" ");
}
