// A body of a span, read part by part as somebody wants more of it.
import { tracesBody } from "@lathe/wire/operations";
import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { size } from "../kit/amounts.ts";
import { Button } from "../kit/button.tsx";
import { JsonValue } from "../kit/code/json-value.tsx";
import { ToolText } from "../kit/code/tool-text.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { Fold } from "../kit/fold.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { ask } from "../state/daemon.ts";
import { type BodyPart, bodyParts } from "./body-parts.ts";

export interface BodyViewProps {
  readonly turnId: string;
  readonly spanId: string;
  readonly name: string;
}

const partLength = 65_536;

type Shown = { readonly kind: "reading" | "read" } | { readonly kind: "failed"; readonly failure: unknown };

export function BodyView({ turnId, spanId, name }: BodyViewProps): JSX.Element {
  const text = useSignal("");
  const length = useSignal(0);
  const nextFrom = useSignal<number | null>(0);
  const state = useSignal<Shown>({ kind: "reading" });
  const isRaw = useSignal(false);
  const leaving = useRef<AbortController>(undefined);
  const readMore = async (signal: AbortSignal | undefined): Promise<void> => {
    if (nextFrom.value === null || signal === undefined) return;
    state.value = { kind: "reading" };
    try {
      const input = { turnId, spanId, name, from: nextFrom.value, lengthMax: partLength };
      const part = await ask(tracesBody, input, { signal });
      if (signal.aborted) return;
      text.value += part.text;
      length.value = part.length;
      nextFrom.value = part.nextFrom;
      state.value = { kind: "read" };
    } catch (failure) {
      if (!signal.aborted) state.value = { kind: "failed", failure };
    }
  };
  useEffect(() => {
    const mine = new AbortController();
    leaving.current = mine;
    void readMore(mine.signal);
    return () => mine.abort();
  }, []);
  const parts = useComputed(() =>
    isRaw.value
      ? [{ kind: "text", text: text.value } as const]
      : bodyParts(text.value, nextFrom.value === null),
  );
  const more = (): void => void readMore(leaving.current?.signal);
  return (
    <div class="body-view" aria-busy={state.value.kind === "reading"}>
      <BodyHead name={name} text={text.value} length={length.value}>
        <Button
          kind="quiet"
          aria-pressed={isRaw.value}
          onClick={() => {
            isRaw.value = !isRaw.value;
          }}
        >
          As it is
        </Button>
      </BodyHead>
      {text.value === "" ? null : parts.value.map((part, at) => <BodyPartView key={at} part={part} />)}
      {state.value.kind === "failed" ? <BodyFailure failure={state.value.failure} again={more} /> : null}
      {state.value.kind === "reading" ? <p class="muted">Reading</p> : null}
      {state.value.kind === "read" && nextFrom.value !== null ? (
        <Button onClick={more}>Show more</Button>
      ) : null}
    </div>
  );
}

interface BodyHeadProps {
  readonly name: string;
  readonly text: string;
  readonly length: number;
  readonly children: JSX.Element;
}

function BodyHead({ name, text, length, children }: BodyHeadProps): JSX.Element {
  const isWhole = text.length >= length;
  return (
    <div class="body-head">
      <span class="muted">
        {isWhole ? `${size(length)} of text` : `${size(text.length)} of ${size(length)} are shown`}
      </span>
      {children}
      <CopyButton what={isWhole ? name : `what is shown of ${name}`} text={() => text} />
    </div>
  );
}

function BodyPartView({ part }: { readonly part: BodyPart }): JSX.Element {
  if (part.kind === "text") return <ToolText text={part.text} label="Body" />;
  if (part.kind === "json") return <JsonValue value={part.value} />;
  return (
    <Fold class="body-line" summary={<LineSummary title={part.title} beginning={part.beginning} />}>
      {() => <JsonValue value={part.value} />}
    </Fold>
  );
}

function LineSummary({
  title,
  beginning,
}: {
  readonly title: string;
  readonly beginning: string;
}): JSX.Element {
  return (
    <>
      <bdi>
        <VisibleText text={title} />
      </bdi>{" "}
      <bdi class="muted mono">
        <VisibleText text={beginning} />
      </bdi>
    </>
  );
}

function BodyFailure(props: { readonly failure: unknown; readonly again: () => void }): JSX.Element {
  return (
    <ProblemCard title="This could not be read" actions={<Button onClick={props.again}>Try again</Button>}>
      {failureText(props.failure)}
    </ProblemCard>
  );
}
