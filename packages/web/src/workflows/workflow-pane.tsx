// One workflow: what it is, how it is started, its text, and the runs of it.
import type { WorkflowDocument } from "@lathe/wire";
import { workflowsGet } from "@lathe/wire/operations";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { PaneFrame } from "../app/pane-frame.tsx";
import { PlaceLink } from "../app/place-link.tsx";
import type { Place } from "../app/places.ts";
import { Button } from "../kit/button.tsx";
import { Fold } from "../kit/fold.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";
import { Broken, Warnings } from "./check-report.tsx";
import { scopeOf, workflowFolder } from "./folder.ts";
import { LaunchForm } from "./launch-form.tsx";
import { RecentRuns } from "./recent-runs.tsx";
import { ScriptView } from "./script-view.tsx";
import { WorkflowFacts } from "./workflow-facts.tsx";
import "../runs/run.css";
import "./workflows.css";

export function WorkflowPane({
  place: { name },
}: {
  readonly place: Extract<Place, { kind: "workflow" }>;
}): JSX.Element {
  const folder = workflowFolder.value.trim();
  const { answer, again } = useAnswer(name, (signal) =>
    ask(workflowsGet, { name, ...scopeOf(workflowFolder.peek().trim()) }, { signal }),
  );
  // While somebody types a folder, what is shown stays; it is looked for again when he pauses.
  const lastFolder = useRef(folder);
  useEffect(() => {
    if (lastFolder.current === folder) return undefined;
    const timer = setTimeout(() => {
      lastFolder.current = folder;
      again();
    }, 800);
    return () => clearTimeout(timer);
  }, [folder, again]);
  const held = useRef<WorkflowDocument>(undefined);
  const { value } = answer;
  if (value.kind === "answered") held.current = value.value;
  const workflow = held.current?.name === name ? held.current : undefined;
  return (
    <PaneFrame
      title={name}
      class="workflow-pane"
      actions={
        <PlaceLink to={{ kind: "workflows" }} class="button button-quiet">
          All workflows
        </PlaceLink>
      }
    >
      {value.kind === "failed" ? (
        <ProblemCard
          title="The workflow cannot be shown"
          actions={
            <>
              <Button onClick={again}>Try again</Button>
              {folder === "" ? null : (
                <Button
                  onClick={() => {
                    workflowFolder.value = "";
                  }}
                >
                  Look without the folder
                </Button>
              )}
            </>
          }
        >
          {failureText(value.failure)}
        </ProblemCard>
      ) : null}
      {workflow === undefined ? (
        value.kind === "asking" ? (
          <p class="muted">Reading the workflow</p>
        ) : null
      ) : (
        <Workflow workflow={workflow} />
      )}
    </PaneFrame>
  );
}

function Workflow({ workflow }: { readonly workflow: WorkflowDocument }): JSX.Element {
  const { name, error, warnings, meta, script } = workflow;
  return (
    <>
      <WorkflowFacts workflow={workflow} />
      {error === null ? null : <Broken error={error} />}
      <Warnings warnings={warnings} />
      <section class="run-section" aria-label="Run it">
        <h2>Run it</h2>
        <LaunchForm source={{ kind: "workflow", name }} meta={meta} isBroken={error !== null} />
      </section>
      {script === null ? null : (
        <Fold summary={<h2 class="run-fold-title">Script</h2>} open={error !== null}>
          {() => <ScriptView script={script} />}
        </Fold>
      )}
      <RecentRuns name={name} />
    </>
  );
}
