// Why a trace cannot be shown, and what to do.
import { LatheProblem } from "@lathe/client";
import type { JSX } from "preact";
import { Button } from "../kit/button.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";

export interface TraceFailureProps {
  readonly failure: unknown;
  /** What was read before is still shown. */
  readonly hasTrace: boolean;
  readonly again: () => void;
}

export function TraceFailure({ failure, hasTrace, again }: TraceFailureProps): JSX.Element {
  const tryAgain = <Button onClick={again}>Try again</Button>;
  const isUnknown = failure instanceof LatheProblem && failure.code === "unknown-trace";
  if (isUnknown && !hasTrace)
    return (
      <div class="trace-missing">
        <p>
          <strong>No trace of this turn is kept.</strong>
        </p>
        <p>
          Traces are removed after some days, and sooner where they grow too large. A turn that has only just
          begun has none yet, and with the extension trace-store switched off nothing is recorded. What was
          said and done is in the conversation either way.
        </p>
        {tryAgain}
      </div>
    );
  return (
    <div class="trace-missing">
      <ProblemCard
        title={hasTrace ? "The trace could not be read again" : "The trace could not be read"}
        actions={tryAgain}
      >
        {failureText(failure)}
      </ProblemCard>
    </div>
  );
}
