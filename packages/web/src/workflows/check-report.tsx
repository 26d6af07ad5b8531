// What a check of a workflow has found.
import type { WorkflowCheck, WorkflowProblem, WorkflowWarning } from "@lathe/wire";
import type { JSX } from "preact";
import { ScrollPlace } from "../kit/code/scroll-place.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { Icon } from "../kit/icon.tsx";
import { ProblemCard } from "../kit/problem-card.tsx";

export function CheckReport({ check }: { readonly check: WorkflowCheck }): JSX.Element {
  return (
    <div class="workflow-check" role="status">
      {check.error === null ? (
        <p class="workflow-check-good">
          <Icon name="check" /> It can be run.
        </p>
      ) : (
        <Broken error={check.error} />
      )}
      <Warnings warnings={check.warnings} />
    </div>
  );
}

/** The message shows the line with a caret where it is about a place. */
export function Broken({ error }: { readonly error: WorkflowProblem }): JSX.Element {
  return (
    <ProblemCard title={`It cannot be run${placeText(error)}`}>
      <ScrollPlace name="workflow-problem" label="What is wrong">
        <pre dir="ltr">
          <VisibleText text={error.message} />
        </pre>
      </ScrollPlace>
    </ProblemCard>
  );
}

export function Warnings({
  warnings,
}: {
  readonly warnings: readonly WorkflowWarning[];
}): JSX.Element | null {
  if (warnings.length === 0) return null;
  return (
    <ul class="plain-list workflow-warnings">
      {warnings.map((warning) => (
        <li key={`${warning.line} ${warning.message}`}>
          <strong>Warning{placeText(warning)}: </strong>
          <span class="foreign" dir="auto">
            <VisibleText text={warning.message} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function placeText({ line, column }: Pick<WorkflowWarning, "line" | "column">): string {
  if (line === null) return "";
  return column === null ? ` (line ${line})` : ` (line ${line}, column ${column})`;
}
