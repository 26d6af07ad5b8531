// Why a run did not come to its end: the message, and the line of the script where that is known.
import type { WorkflowFailure } from "@lathe/kernel";
import type { ComponentChildren, JSX } from "preact";
import { ScrollPlace } from "../kit/code/scroll-place.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { ProblemCard } from "../kit/problem-card.tsx";
import "./run-failure.css";

export interface RunFailureProps {
  readonly title: string;
  readonly error: WorkflowFailure;
  /** The text that ran; null where it is not at hand. */
  readonly script: string | null;
  readonly actions?: ComponentChildren;
}

export function RunFailure({ title, error, script, actions }: RunFailureProps): JSX.Element {
  const { code, message, line, column } = error;
  const text = script === null || line === undefined ? null : lineOf(script, line);
  return (
    <ProblemCard title={title} actions={actions}>
      <VisibleText text={message} /> <span class="muted">({code})</span>
      {line === undefined ? null : (
        <p class="run-failure-place">
          In the script at line {line}
          {column === undefined ? "" : `, column ${column}`}
        </p>
      )}
      {text === null ? null : (
        <ScrollPlace name="run-failure-line" label="The line of the script">
          <pre dir="ltr">
            <span class="muted">{`${line} `}</span>
            <VisibleText text={text} />
          </pre>
        </ScrollPlace>
      )}
    </ProblemCard>
  );
}

const lineLengthMax = 500;

/** The line with this number, from 1; null where there is none. Very long ones are cut. */
export function lineOf(script: string, line: number): string | null {
  const text = script.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1];
  if (text === undefined) return null;
  return text.length > lineLengthMax ? `${text.slice(0, lineLengthMax)}…` : text;
}
