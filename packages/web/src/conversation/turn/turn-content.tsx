// One turn: what was asked, what was done and answered, and how it ended.
import type { StepView, TurnView } from "@lathe/wire";
import type { JSX } from "preact";
import { Step } from "./step-view.tsx";
import { TurnEnding, TurnFooter } from "./turn-end.tsx";
import { textOf } from "./turn-texts.ts";
import { UserMessage, UserText } from "./user-message.tsx";
import "./turn.css";

export function TurnContent({ turn }: { readonly turn: TurnView }): JSX.Element {
  const { steps, steering, status, model } = turn;
  return (
    <>
      <UserMessage turn={turn} />
      {turn.firstSeq !== null && turn.startedAtMs === null ? (
        <p class="turn-note">This turn began further up. Load what is earlier to see its message.</p>
      ) : null}
      {steps.map((step, at) => (
        <div key={step.stepId}>
          <Step
            step={step}
            live={status === "running" && at === steps.length - 1}
            writer={otherWriter(step, model)}
          />
          {steering
            .filter(({ stepId }) => stepId === step.stepId)
            .map(({ content }, index) => (
              <div key={index} class="turn-user">
                <UserText text={textOf(content)} />
              </div>
            ))}
        </div>
      ))}
      {status === "running" && (steps.at(-1)?.complete ?? true) ? (
        <p class="turn-waiting turn-live">Waiting for the model</p>
      ) : null}
      <TurnEnding turn={turn} />
      {status === "running" ? null : <TurnFooter turn={turn} />}
    </>
  );
}

function otherWriter({ provider, model }: StepView, expected: string | null): string | null {
  const writer = `${provider}/${model}`;
  return expected === null || expected === writer ? null : writer;
}
