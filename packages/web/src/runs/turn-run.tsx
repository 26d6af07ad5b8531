// A run that is a turn of a conversation, or of a kind that this page knows nothing more of.
import type { Run } from "@lathe/kernel";
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { BudgetBar } from "./budget-bar.tsx";
import { Fact, RunFacts } from "./run-facts.tsx";
import { RunFailure } from "./run-failure.tsx";
import { RunResult } from "./run-result.tsx";

export function TurnRun({ run }: { readonly run: Run }): JSX.Element {
  const { conversationId, turnId, error, status, budget, result, schemaWarnings } = run;
  return (
    <>
      <RunFacts run={run}>
        {budget === null ? null : (
          <Fact label="Budget">
            <BudgetBar budget={budget} />
          </Fact>
        )}
      </RunFacts>
      <nav class="run-links" aria-label="What it belongs to">
        {conversationId === null ? null : (
          <PlaceLink
            class="button"
            to={{ kind: "conversation", id: conversationId, ...(turnId === null ? {} : { turnId }) }}
            beside
          >
            Open the conversation
          </PlaceLink>
        )}
        {turnId === null ? null : (
          <PlaceLink class="button" to={{ kind: "trace", turnId }} beside>
            Open the trace
          </PlaceLink>
        )}
      </nav>
      {error === null ? null : (
        <RunFailure
          title={status === "succeeded" ? "The result is not whole" : "The run did not succeed"}
          error={error}
          script={null}
        />
      )}
      {schemaWarnings.length === 0 ? null : (
        <section aria-label="Warnings">
          <h2>Warnings</h2>
          <ul>
            {schemaWarnings.map((warning) => (
              <li key={warning} class="foreign" dir="auto">
                <VisibleText text={warning} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <RunResult result={result} />
    </>
  );
}
