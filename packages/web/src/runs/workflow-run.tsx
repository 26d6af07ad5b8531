// A run of a workflow: how far it is, what it says, what it asks, what came of it.
import type { Run } from "@lathe/kernel";
import type { WorkflowStatus } from "@lathe/wire";
import { workflowsApprove, workflowsGet } from "@lathe/wire/operations";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { PlaceLink } from "../app/place-link.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { ask } from "../state/daemon.ts";
import { isGoingOn } from "../state/run-feed.ts";
import { workflowFolder } from "../workflows/folder.ts";
import { BudgetBar } from "./budget-bar.tsx";
import { CacheReport } from "./cache-report.tsx";
import { agentDesk } from "./nested-workflow.tsx";
import { Fact, RunFacts } from "./run-facts.tsx";
import { RunFailure } from "./run-failure.tsx";
import { RunLog } from "./run-log.tsx";
import { RunQuestions } from "./run-questions.tsx";
import { RunResult } from "./run-result.tsx";
import type { UsedWorkflow } from "./use-workflow.ts";
import { WorkflowPhases } from "./workflow-phases.tsx";
import { budgetParts, countsText, isLimited } from "./workflow-words.ts";

export function WorkflowRun({ run, used }: { readonly run: Run; readonly used: UsedWorkflow }): JSX.Element {
  const { watch, status, reasons } = used;
  const isOn = isGoingOn(run) && watch.view.value.finish === null;
  return (
    <>
      {status === null ? <RunFacts run={run} /> : <Head run={run} status={status} />}
      {watch.failure.value === null ? null : (
        <ProblemCard
          title="What happens cannot be followed"
          actions={<Button onClick={() => location.reload()}>Reload the page</Button>}
        >
          {failureText(watch.failure.value)}
        </ProblemCard>
      )}
      <RunQuestions
        approvals={status?.approvals ?? []}
        give={(approvalId, answer) => ask(workflowsApprove, { id: run.id, approvalId, answer })}
      />
      {status === null ? (
        <p class="muted">Reading the run</p>
      ) : (
        <>
          {status.error === null ? null : <Failure status={status} />}
          <RunResult result={status.result} />
          <section class="run-section" aria-label="Phases and agents">
            <h2 class="run-section-head">
              Agents <span class="muted run-section-note">{countsText(status.counts)}</span>
            </h2>
            {status.phases.length === 0 ? <p class="muted">No agents have been started.</p> : null}
            <WorkflowPhases
              phases={status.phases}
              current={isOn ? status.phase : null}
              reasons={reasons}
              desk={agentDesk}
            />
          </section>
          <section class="run-section" aria-label="Log">
            <h2>Log</h2>
            <Log used={used} status={status} />
          </section>
          <Fold summary={<h2 class="run-fold-title">Cache report</h2>}>
            {() => <CacheReport id={run.id} />}
          </Fold>
        </>
      )}
    </>
  );
}

function Head({ run, status }: { readonly run: Run; readonly status: WorkflowStatus }): JSX.Element {
  const { name, description, dry, resumeOf, budget } = status;
  return (
    <>
      {description === null ? null : (
        <p>
          <Foreign text={description} />
        </p>
      )}
      <RunFacts run={run}>
        <Fact label="Budget">
          {dry ? <Badge tone="info">Dry run: nothing is spent</Badge> : null}
          {dry || !isLimited(budget.limits) ? null : <BudgetBar budget={budget} />}
          {dry || isLimited(budget.limits)
            ? null
            : `${budgetParts(budget)
                .map(({ text }) => text)
                .join(", ")}, no limit`}
        </Fact>
        {name === null ? null : (
          <Fact label="Workflow">
            <PlaceLink to={{ kind: "workflow", name }}>
              <Foreign text={name} />
            </PlaceLink>
          </Fact>
        )}
        {resumeOf === null ? null : (
          <Fact label="Goes on from">
            <PlaceLink to={{ kind: "run", id: resumeOf }}>an earlier run</PlaceLink>
          </Fact>
        )}
      </RunFacts>
    </>
  );
}

function Log({
  used,
  status,
}: {
  readonly used: UsedWorkflow;
  readonly status: WorkflowStatus;
}): JSX.Element {
  const { watch } = used;
  const log = watch.isWhole.value ? watch.log.value : { lines: status.log, droppedCount: 0 };
  return log.lines.length === 0 ? <p class="muted">Nothing has been logged.</p> : <RunLog log={log} />;
}

/** The line of the script is shown where the workflow still has the text that ran. */
function Failure({ status }: { readonly status: WorkflowStatus }): JSX.Element | null {
  const script = useSignal<string | null>(null);
  const { name, scriptHash, error } = status;
  const line = error?.line;
  useEffect(() => {
    if (name === null || line === undefined) return;
    const cwd = workflowFolder.peek();
    ask(workflowsGet, { name, ...(cwd === "" ? {} : { cwd }) }).then(
      (found) => {
        if (found.hash === scriptHash) script.value = found.script;
      },
      // The place is said in numbers all the same.
      () => undefined,
    );
  }, [name, scriptHash, line]);
  if (error === null) return null;
  return (
    <RunFailure
      title={status.run.status === "succeeded" ? "The result is not whole" : "The run did not succeed"}
      error={error}
      script={script.value}
    />
  );
}
