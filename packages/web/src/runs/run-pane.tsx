// One run, whatever its kind.
import type { Run } from "@lathe/kernel";
import type { JSX } from "preact";
import { goFrom } from "../app/navigation.ts";
import { PaneFrame } from "../app/pane-frame.tsx";
import { PlaceLink } from "../app/place-link.tsx";
import type { Place } from "../app/places.ts";
import { Button } from "../kit/button.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { isGoingOn } from "../state/run-feed.ts";
import { again, resume } from "../workflows/launch-again.ts";
import { useKnownRun } from "./known-run.ts";
import { DeleteRun, StopRun } from "./run-actions.tsx";
import { nameOf } from "./run-rows.ts";
import { TurnRun } from "./turn-run.tsx";
import { useWorkflow } from "./use-workflow.ts";
import { WorkflowRun } from "./workflow-run.tsx";
import "./runs.css";
import "./run.css";

export function RunPane({ place }: { readonly place: Extract<Place, { kind: "run" }> }): JSX.Element {
  const { value: known } = useKnownRun(place.id);
  if (known.kind === "known")
    return known.run.kind === "workflow" ? (
      <WorkflowRunPane run={known.run} />
    ) : (
      <TurnRunPane run={known.run} />
    );
  return (
    <PaneFrame title="Run" class="run-pane">
      {known.kind === "asking" ? <p class="muted">Reading the run</p> : null}
      {known.kind === "deleted" ? (
        <p class="empty">
          This run was deleted. <PlaceLink to={{ kind: "runs" }}>Show all runs</PlaceLink>
        </p>
      ) : null}
      {known.kind === "failed" ? (
        <ProblemCard
          title="The run cannot be shown"
          actions={
            <>
              <Button onClick={known.again}>Try again</Button>
              <PlaceLink to={{ kind: "runs" }} class="button">
                Show all runs
              </PlaceLink>
            </>
          }
        >
          {failureText(known.failure)}
        </ProblemCard>
      ) : null}
    </PaneFrame>
  );
}

function TurnRunPane({ run }: { readonly run: Run }): JSX.Element {
  const name = nameOf(run);
  return (
    <PaneFrame title={name} class="run-pane" actions={<CommonActions run={run} name={name} />}>
      <TurnRun run={run} />
    </PaneFrame>
  );
}

function WorkflowRunPane({ run }: { readonly run: Run }): JSX.Element {
  const used = useWorkflow(run, { announced: true });
  const name = nameOf(run);
  const start = used.watch.view.value.start;
  return (
    <PaneFrame
      title={name}
      class="run-pane"
      actions={
        <>
          {isGoingOn(run) ? null : (
            <>
              {run.status === "succeeded" ? null : (
                <Button icon="play" onClick={() => void resume(run.id)}>
                  Resume
                </Button>
              )}
              {start === null ? null : (
                <Button icon="refresh" onClick={() => again(start)}>
                  Run again
                </Button>
              )}
            </>
          )}
          <CommonActions run={run} name={name} />
        </>
      }
    >
      <WorkflowRun run={run} used={used} />
    </PaneFrame>
  );
}

function CommonActions({ run, name }: { readonly run: Run; readonly name: string }): JSX.Element {
  return (
    <>
      <StopRun run={run} name={name} />
      <DeleteRun
        run={run}
        name={name}
        onDeleted={() => goFrom({ kind: "run", id: run.id }, { kind: "runs" })}
      />
    </>
  );
}
