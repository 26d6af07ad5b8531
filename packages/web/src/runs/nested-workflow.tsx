// A workflow within a workflow: its phases and agents, followed while they are shown.
import type { Run } from "@lathe/kernel";
import { runsGet } from "@lathe/wire/operations";
import type { JSX } from "preact";
import { Foreign } from "../kit/foreign.tsx";
import { failureText } from "../kit/problem-card.tsx";
import { ask } from "../state/daemon.ts";
import { isGoingOn } from "../state/run-feed.ts";
import type { AgentDesk } from "./agent-row.tsx";
import { useKnownRun } from "./known-run.ts";
import { useWorkflow } from "./use-workflow.ts";
import { WorkflowPhases } from "./workflow-phases.tsx";

/** What rows of agents ask for, everywhere. */
export const agentDesk: AgentDesk = {
  readRun: (id) => ask(runsGet, { id }),
  nested: (runId) => <NestedWorkflow id={runId} />,
};

function NestedWorkflow({ id }: { readonly id: string }): JSX.Element {
  const { value: known } = useKnownRun(id);
  if (known.kind === "known") return <NestedPhases run={known.run} />;
  if (known.kind === "failed") return <p class="workflow-agent-error">{failureText(known.failure)}</p>;
  return <p class="muted">{known.kind === "deleted" ? "Its run was deleted." : "Reading its run"}</p>;
}

function NestedPhases({ run }: { readonly run: Run }): JSX.Element {
  const { status, reasons } = useWorkflow(run);
  if (status === null) return <p class="muted">Reading what it does</p>;
  return (
    <section class="workflow-nested" aria-label="Nested workflow">
      {status.description === null ? null : (
        <p class="muted">
          <Foreign text={status.description} />
        </p>
      )}
      <WorkflowPhases
        phases={status.phases}
        current={isGoingOn(run) ? status.phase : null}
        reasons={reasons}
        desk={agentDesk}
      />
    </section>
  );
}
