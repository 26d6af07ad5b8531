// One run in a list.
import type { Run } from "@lathe/kernel";
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { count, duration } from "../kit/amounts.ts";
import { Foreign } from "../kit/foreign.tsx";
import { Time } from "../kit/time.tsx";
import { isGoingOn } from "../state/run-feed.ts";
import { StopRun } from "./run-actions.tsx";
import { durationOf, kindWord, nameOf, tokensOf } from "./run-rows.ts";
import { RunStatusBadge } from "./run-status.tsx";
import { RunningTime } from "./ticking.tsx";

export function RunRow({ run }: { readonly run: Run }): JSX.Element {
  const name = nameOf(run);
  const agent = run.agent === null ? "" : `, ${run.agent}`;
  return (
    <li class="runs-row">
      <div class="runs-row-name">
        <PlaceLink to={{ kind: "run", id: run.id }} class="runs-row-link">
          <Foreign text={name} />
        </PlaceLink>
        <span class="runs-row-kind muted">
          {kindWord(run.kind)}
          {agent === "" ? null : <Foreign text={agent} />}
          {run.parentId === null ? "" : ", part of another run"}
        </span>
      </div>
      <div class="runs-row-status">
        <RunStatusBadge status={run.status} />
      </div>
      <dl class="runs-row-facts">
        <Fact label="Started">
          <Time atMs={run.startedAtMs ?? run.createdAtMs} />
        </Fact>
        <Fact label="Duration">
          <RunDuration run={run} />
        </Fact>
        <Fact label="Tokens">{count(tokensOf(run.usage))}</Fact>
      </dl>
      <div class="runs-row-actions">
        {run.conversationId === null ? null : (
          <PlaceLink
            to={{
              kind: "conversation",
              id: run.conversationId,
              ...(run.turnId === null ? {} : { turnId: run.turnId }),
            }}
            beside
            class="button button-quiet"
            aria-label={`Conversation of ${name}`}
          >
            Conversation
          </PlaceLink>
        )}
        <StopRun run={run} name={name} />
      </div>
    </li>
  );
}

/** A clock while it goes on. */
export function RunDuration({ run }: { readonly run: Run }): JSX.Element {
  if (isGoingOn(run)) return <RunningTime sinceMs={run.startedAtMs ?? run.createdAtMs} />;
  return <span class="run-clock">{duration(durationOf(run))}</span>;
}

function Fact({
  label,
  children,
}: {
  readonly label: string;
  readonly children: JSX.Element | string;
}): JSX.Element {
  return (
    <div class="runs-fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
