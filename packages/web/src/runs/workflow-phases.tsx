// The phases of a run with their agents, in the order in which they were called.
import type { WorkflowAgentView, WorkflowCacheItem, WorkflowPhaseView } from "@lathe/wire";
import type { JSX } from "preact";
import { counted } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { type AgentDesk, AgentRow } from "./agent-row.tsx";
import "./workflow-phases.css";

export interface PhasesProps {
  readonly phases: readonly WorkflowPhaseView[];
  /** The phase that the script is in; null = none, or the run is over. */
  readonly current: string | null;
  /** By the indexes of calls, as far as it was said. */
  readonly reasons: ReadonlyMap<number, WorkflowCacheItem["reason"]>;
  readonly desk: AgentDesk;
}

export function WorkflowPhases({ phases, current, reasons, desk }: PhasesProps): JSX.Element {
  return (
    <ol class="plain-list workflow-phases">
      {phases.map((phase) => (
        <li key={phase.title ?? ""} class="workflow-phase">
          <h3 class="workflow-phase-title">
            {phase.title === null ? "Without a phase" : <Foreign text={phase.title} />}
            {current !== null && phase.title === current ? (
              <Badge tone="info" live>
                Now
              </Badge>
            ) : null}
            <span class="muted workflow-phase-counts">{settledText(phase.agents)}</span>
          </h3>
          {phase.detail === null ? null : (
            <p class="muted workflow-phase-detail">
              <Foreign text={phase.detail} />
            </p>
          )}
          <AgentList agents={phase.agents} reasons={reasons} desk={desk} />
        </li>
      ))}
    </ol>
  );
}

function settledText(agents: readonly WorkflowAgentView[]): string {
  if (agents.length === 0) return "";
  const open = agents.filter(({ state }) => state === "queued" || state === "running").length;
  const failed = agents.filter(({ state }) => state === "failed").length;
  const done =
    open === 0 ? counted(agents.length, "agent") : `${agents.length - open} of ${agents.length} agents`;
  return failed === 0 ? done : `${done}, ${failed} failed`;
}

const chunkCount = 50;

function AgentList({
  agents,
  reasons,
  desk,
}: Pick<PhasesProps, "reasons" | "desk"> & {
  readonly agents: readonly WorkflowAgentView[];
}): JSX.Element {
  const chunks: JSX.Element[] = [];
  for (let start = 0; start < agents.length; start += chunkCount)
    chunks.push(
      <ul key={start} class="plain-list workflow-agents">
        {agents.slice(start, start + chunkCount).map((agent) => (
          <AgentRow
            key={agent.callIndex}
            agent={agent}
            reason={reasons.get(agent.callIndex) ?? null}
            desk={desk}
          />
        ))}
      </ul>,
    );
  return <>{chunks}</>;
}
