// All that is known of one span.
import type { Attributes } from "@lathe/kernel";
import type { SpanLog, SpanTrace } from "@lathe/wire";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { useHeading } from "../app/pane-frame.tsx";
import { duration, size } from "../kit/amounts.ts";
import { Badge, type Tone } from "../kit/badge.tsx";
import { IconButton } from "../kit/button.tsx";
import { ScrollPlace } from "../kit/code/scroll-place.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { Fold } from "../kit/fold.tsx";
import { Time } from "../kit/time.tsx";
import type { TimeSpan } from "./bar-geometry.ts";
import { BodyView } from "./body-view.tsx";
import { PromptDiffView } from "./prompt-diff-view.tsx";
import { bodiesOf } from "./span-bodies.ts";
import { kindOf, kindWords, labelOf, outcomeOf } from "./span-words.ts";
import { TokenTable } from "./token-line.tsx";
import type { TokenSplit } from "./token-split.ts";

export interface SpanDetailsProps {
  readonly turnId: string;
  readonly span: SpanTrace;
  /** All of the turn: a step shows the bodies of its prompt and its requests. */
  readonly spans: readonly SpanTrace[];
  readonly tokens: TokenSplit | undefined;
  readonly turn: TimeSpan;
  readonly onClose: () => void;
}

export function SpanDetails(props: SpanDetailsProps): JSX.Element {
  const { turnId, span, spans, tokens, turn, onClose } = props;
  const id = useId();
  const Heading = useHeading(1);
  const { word, tone } = outcomeOf(span);
  return (
    <section class="span-details" aria-labelledby={id}>
      <header class="span-details-head">
        <Heading id={id} class="span-details-title">
          <span class="muted">{kindOf(span) === "tool" ? "Tool call " : ""}</span>
          <bdi>
            <VisibleText text={labelOf(span)} />
          </bdi>
        </Heading>
        <Badge tone={tone}>
          <VisibleText text={word} />
        </Badge>
        <IconButton icon="close" label="Close these details" onClick={onClose} />
      </header>
      <ScrollPlace name="span-details-body" label={`Details, ${kindWords[kindOf(span)]}`}>
        <TimeFacts span={span} turn={turn} />
        {tokens === undefined ? null : <TokenTable tokens={tokens} />}
        <StepDiff turnId={turnId} span={span} tokens={tokens} />
        {bodiesOf(span, spans).map(({ spanId, title, name, length }) => (
          <Fold key={`${spanId} ${name}`} summary={<BodySummary title={title} length={length} />}>
            {() => <BodyView turnId={turnId} spanId={spanId} name={name} />}
          </Fold>
        ))}
        <Logs logs={span.logs} />
        <AttributeList attributes={span.attributes} />
        <p class="span-ids muted mono foreign">
          {span.spanId} · <VisibleText text={span.source} />
        </p>
      </ScrollPlace>
    </section>
  );
}

function TimeFacts({ span, turn }: { readonly span: SpanTrace; readonly turn: TimeSpan }): JSX.Element {
  const { timeToFirstTokenMs, decodeMs } = span.attributes;
  const parts = [
    `${duration(span.startedAtMs - turn.startMs)} after the turn began`,
    span.durationMs === null ? "" : `took ${duration(span.durationMs)}`,
    typeof timeToFirstTokenMs === "number" ? `${duration(timeToFirstTokenMs)} to the first token` : "",
    typeof decodeMs === "number" ? `${duration(decodeMs)} of writing` : "",
  ];
  return (
    <p class="span-times">
      Began <Time atMs={span.startedAtMs} />, {parts.filter((part) => part !== "").join(", ")}.
    </p>
  );
}

interface StepDiffProps {
  readonly turnId: string;
  readonly span: SpanTrace;
  readonly tokens: TokenSplit | undefined;
}

function StepDiff({ turnId, span, tokens }: StepDiffProps): JSX.Element | null {
  const { index } = span.attributes;
  if (kindOf(span) !== "step" || typeof index !== "number") return null;
  if (index === 0)
    return <p class="muted">The first step of its turn: there is no earlier prompt to compare with.</p>;
  return (
    <Fold summary={`What changed against the prompt of step ${index - 1}`}>
      {() => <PromptDiffView turnId={turnId} stepIndex={index} tokens={tokens} />}
    </Fold>
  );
}

function BodySummary({ title, length }: { readonly title: string; readonly length: number }): JSX.Element {
  return (
    <>
      <bdi>
        <VisibleText text={title} />
      </bdi>{" "}
      <span class="muted">{size(length)}</span>
    </>
  );
}

const logTones: Readonly<Record<SpanLog["level"], Tone>> = {
  debug: "neutral",
  info: "info",
  warn: "warning",
  error: "danger",
};

function Logs({ logs }: { readonly logs: readonly SpanLog[] }): JSX.Element | null {
  if (logs.length === 0) return null;
  return (
    <Fold summary={`Log (${logs.length})`} open={logs.some(({ level }) => level === "error")}>
      {() => (
        <ul class="plain-list span-logs">
          {logs.map(({ atMs, level, message, attributes }, at) => (
            <li key={at}>
              <Time atMs={atMs} /> <Badge tone={logTones[level]}>{level}</Badge>{" "}
              <span class="foreign" dir="auto">
                <VisibleText text={message} />
              </span>
              <AttributeFacts attributes={attributes} />
            </li>
          ))}
        </ul>
      )}
    </Fold>
  );
}

function AttributeList({ attributes }: { readonly attributes: Attributes }): JSX.Element | null {
  const { length } = Object.keys(attributes);
  if (length === 0) return null;
  return <Fold summary={`Attributes (${length})`}>{() => <AttributeFacts attributes={attributes} />}</Fold>;
}

function AttributeFacts({ attributes }: { readonly attributes: Attributes }): JSX.Element | null {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return null;
  return (
    <dl class="facts">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt class="foreign">
            <VisibleText text={name} />
          </dt>
          <dd class="foreign mono" dir="auto">
            <VisibleText text={String(value)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
