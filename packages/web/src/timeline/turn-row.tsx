// One turn of the timeline.
import type { TurnSummary } from "@lathe/wire";
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { count, counted, duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { CacheMeter, CacheRate } from "../kit/cache-rate.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { Icon } from "../kit/icon.tsx";
import { Time } from "../kit/time.tsx";
import { finishWord, type Standing, tookMs } from "./turn-words.ts";

export interface TurnRowProps {
  readonly conversationId: string;
  readonly turn: TurnSummary;
  readonly standing: Standing;
  /** Part of the conversation that this one was forked from. */
  readonly shared: boolean;
  readonly longestMs: number;
  readonly nowMs: number;
  readonly onRestore: () => void;
  readonly onFork: () => void;
}

export function TurnRow(props: TurnRowProps): JSX.Element {
  const { conversationId, turn, standing, shared, longestMs, nowMs, onRestore, onFork } = props;
  const { turnId, startedAtMs, preview } = turn;
  const { word, tone } = finishWord(turn);
  const took = tookMs(turn, nowMs);
  return (
    <li class={`timeline-turn timeline-turn-${standing}`}>
      <div class="timeline-head">
        <span class="timeline-when">
          <Time atMs={startedAtMs} />
        </span>
        <Badge tone={tone} live={standing === "running"}>
          {word}
        </Badge>
        {standing === "undone" ? <Badge title="A restore left this turn behind">left behind</Badge> : null}
        {shared ? <Badge title="Part of the conversation that this one was forked from">shared</Badge> : null}
        <span class="timeline-took">{duration(took)}</span>
      </div>
      <span class="timeline-bar" aria-hidden="true">
        <span style={{ inlineSize: `${((took ?? 0) / longestMs) * 100}%` }} />
      </span>
      <p class="timeline-preview">
        <PlaceLink to={{ kind: "conversation", id: conversationId, turnId }} title="Go to this turn">
          <bdi class="foreign" dir="auto">
            <VisibleText text={preview === "" ? "Go to this turn" : preview} />
          </bdi>
        </PlaceLink>
      </p>
      <Facts turn={turn} />
      <div class="timeline-actions">
        <PlaceLink class="button button-quiet" to={{ kind: "trace", turnId }} beside>
          <Icon name="trace" />
          <span>Trace</span>
        </PlaceLink>
        {standing === "last" || standing === "running" ? null : (
          <Button kind="quiet" icon="restore" onClick={onRestore}>
            Restore
          </Button>
        )}
        {standing === "running" ? null : (
          <Button kind="quiet" icon="branch" onClick={onFork}>
            Fork
          </Button>
        )}
      </div>
    </li>
  );
}

function Facts({ turn }: { readonly turn: TurnSummary }): JSX.Element {
  const { model, agent, stepCount, toolCallCount, usage, cacheHitRate } = turn;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const tokens = { input: inputTokens, read: cacheReadTokens, written: cacheWriteTokens };
  return (
    <p class="timeline-facts">
      <span>
        <bdi>
          <VisibleText text={model} />
        </bdi>
        {" · "}
        <bdi>
          <VisibleText text={agent} />
        </bdi>
      </span>
      <span>
        {counted(stepCount, "step")}, {counted(toolCallCount, "tool call")}
      </span>
      <span>
        {count(inputTokens)} in, {count(outputTokens)} out
      </span>
      <span class="timeline-rate">
        <CacheRate rate={cacheHitRate} />
        <CacheMeter tokens={tokens} />
      </span>
    </p>
  );
}
