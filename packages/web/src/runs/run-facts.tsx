// The facts of a run that has a row, of whatever kind.
import type { Run } from "@lathe/kernel";
import type { ComponentChildren, JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { count } from "../kit/amounts.ts";
import { CopyButton } from "../kit/copy-button.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { Time } from "../kit/time.tsx";
import { RunDuration } from "./run-row.tsx";
import { kindWord, tokensOf } from "./run-rows.ts";
import { RunStatusBadge } from "./run-status.tsx";

export function RunFacts({
  run,
  children,
}: {
  readonly run: Run;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { id, kind, status, agent, parentId, startedAtMs, createdAtMs, usage } = run;
  const cached = usage?.cacheReadTokens ?? 0;
  return (
    <dl class="run-facts">
      <Fact label="Status">
        <RunStatusBadge status={status} />
      </Fact>
      {kind === "workflow" ? null : (
        <Fact label="Kind">
          <Foreign text={kindWord(kind)} />
        </Fact>
      )}
      {agent === null ? null : (
        <Fact label="Agent">
          <Foreign text={agent} />
        </Fact>
      )}
      <Fact label="Started">
        <Time atMs={startedAtMs ?? createdAtMs} />
      </Fact>
      <Fact label="Duration">
        <RunDuration run={run} />
      </Fact>
      <Fact label="Tokens">
        {count(tokensOf(usage))}
        {usage === null || tokensOf(usage) === null ? null : (
          <span class="muted">
            {` (${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`}
            {cached === 0 ? ")" : `, ${count(cached)} from the provider's cache)`}
          </span>
        )}
      </Fact>
      {parentId === null ? null : (
        <Fact label="Part of">
          <PlaceLink to={{ kind: "run", id: parentId }}>another run</PlaceLink>
        </Fact>
      )}
      {children}
      <Fact label="Id" isWide>
        <span class="mono run-id">{id}</span> <CopyButton what="the id" text={() => id} />
      </Fact>
    </dl>
  );
}

export function Fact({
  label,
  isWide = false,
  children,
}: {
  readonly label: string;
  /** It takes the room of two. */
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={isWide ? "run-fact run-fact-wide" : "run-fact"}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
