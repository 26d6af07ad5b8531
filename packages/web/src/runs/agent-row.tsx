// One agent of a run: how it does, and on demand what it was asked and why it was asked at all.
import type { Run } from "@lathe/kernel";
import type { WorkflowAgentView, WorkflowCacheItem } from "@lathe/wire";
import { useSignal } from "@preact/signals";
import { Component, type JSX } from "preact";
import { goBeside } from "../app/navigation.ts";
import { PlaceLink } from "../app/place-link.tsx";
import { count, counted, duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { ScrollPlace } from "../kit/code/scroll-place.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { Time } from "../kit/time.tsx";
import { attempt } from "../kit/toasts.tsx";
import { tokensOf } from "./run-rows.ts";
import { RunningTime } from "./ticking.tsx";
import { agentStateWords, cacheSentence } from "./workflow-words.ts";

/** What a row asks for. The same object for as long as the run is shown. */
export interface AgentDesk {
  /** Reads a run that an agent was: its trace belongs to its turn. */
  readonly readRun: (id: string) => Promise<Run>;
  /** Shows the run of a nested workflow. */
  readonly nested: (runId: string) => JSX.Element;
}

interface AgentRowProps {
  readonly agent: WorkflowAgentView;
  readonly reason: WorkflowCacheItem["reason"] | null;
  readonly desk: AgentDesk;
}

/** What an entry does not touch keeps its identity: of a thousand rows, those are drawn that changed. */
export class AgentRow extends Component<AgentRowProps> {
  override shouldComponentUpdate(next: AgentRowProps): boolean {
    return next.agent !== this.props.agent || next.reason !== this.props.reason;
  }

  override render(): JSX.Element {
    const { agent, reason, desk } = this.props;
    const { word, tone } = agentStateWords(agent.state);
    return (
      <li class="workflow-agent">
        <Fold class="workflow-agent-fold" summary={<AgentSummary agent={agent} />}>
          {() => <AgentDetails agent={agent} reason={reason} desk={desk} />}
        </Fold>
        <div class="workflow-agent-state">
          <Badge tone={tone} live={agent.state === "running"}>
            {word}
          </Badge>
        </div>
        <AgentLinks agent={agent} desk={desk} />
      </li>
    );
  }
}

function AgentSummary({ agent }: { readonly agent: WorkflowAgentView }): JSX.Element {
  const { label, state, startedAtMs, durationMs, usage, model, triesAgain } = agent;
  const isRunning = state === "running" && startedAtMs !== null;
  const tokens = tokensOf(usage);
  const facts = [
    model,
    tokens === null ? null : `${count(tokens)} tokens`,
    triesAgain === 0 ? null : `asked again ${counted(triesAgain, "time")}`,
  ].filter((fact) => fact !== null);
  return (
    <span class="workflow-agent-summary">
      <Foreign text={label} class="workflow-agent-label" />
      <span class="muted workflow-agent-facts">
        {isRunning ? (
          <RunningTime sinceMs={startedAtMs} />
        ) : durationMs === null ? null : (
          duration(durationMs)
        )}
        {facts.map((fact) => (
          <Foreign key={fact} text={fact} />
        ))}
      </span>
    </span>
  );
}

function AgentLinks({
  agent: { label, conversationId, childRunId },
  desk,
}: Omit<AgentRowProps, "reason">): JSX.Element | null {
  const isReading = useSignal(false);
  if (conversationId === null) return null;
  const openTrace = async (runId: string): Promise<void> => {
    if (isReading.value) return;
    isReading.value = true;
    await attempt("The trace cannot be opened", async () => {
      const { turnId } = await desk.readRun(runId);
      if (turnId === null) throw new Error("This agent has no trace.");
      goBeside({ kind: "trace", turnId });
    });
    isReading.value = false;
  };
  return (
    <div class="workflow-agent-links">
      <PlaceLink
        to={{ kind: "conversation", id: conversationId }}
        beside
        class="button button-quiet"
        aria-label={`Open the conversation of ${label}`}
      >
        Conversation
      </PlaceLink>
      {childRunId === null ? null : (
        <Button
          kind="quiet"
          aria-label={`Open the trace of ${label}`}
          onClick={() => void openTrace(childRunId)}
        >
          Trace
        </Button>
      )}
    </div>
  );
}

function AgentDetails({ agent, reason, desk }: AgentRowProps): JSX.Element {
  const { error, prompt, startedAtMs, childRunId } = agent;
  const isNested = agent.agent === "workflow" && agent.conversationId === null && childRunId !== null;
  return (
    <div class="workflow-agent-details">
      {error === null ? null : (
        <p class="workflow-agent-error">
          <Foreign text={`${error.code}: ${error.message}`} />
        </p>
      )}
      {reason === null ? null : <p>{cacheSentence(reason)}</p>}
      <p class="muted">
        {agent.agent === null ? "Not started yet." : "Agent "}
        {agent.agent === null ? null : <Foreign text={agent.agent} />}
        {startedAtMs === null ? null : (
          <>
            , started <Time atMs={startedAtMs} />
          </>
        )}
        {childRunId === null ? null : (
          <>
            , <PlaceLink to={{ kind: "run", id: childRunId }}>its run</PlaceLink>
          </>
        )}
      </p>
      {prompt === null || prompt === "" ? null : (
        <ScrollPlace name="workflow-agent-prompt" label="Prompt">
          <pre dir="auto">
            <VisibleText text={prompt} />
          </pre>
        </ScrollPlace>
      )}
      {isNested ? desk.nested(childRunId) : null}
    </div>
  );
}
