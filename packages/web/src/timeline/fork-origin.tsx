// Where a conversation branched off, and how to compare the two.
import { LatheProblem } from "@lathe/client";
import type { Conversation } from "@lathe/kernel";
import { conversationsGet } from "@lathe/wire/operations";
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";

export interface ForkOriginProps {
  readonly forkId: string;
  readonly origin: NonNullable<Conversation["forkedFrom"]>;
}

export function ForkOrigin({ forkId, origin: { conversationId } }: ForkOriginProps): JSX.Element {
  const { answer } = useAnswer(conversationId, (signal) =>
    ask(conversationsGet, { id: conversationId }, { signal }),
  );
  const { value } = answer;
  const isGone =
    value.kind === "failed" && value.failure instanceof LatheProblem && value.failure.status === 404;
  if (isGone)
    return (
      <p class="timeline-origin">Forked from a conversation that was deleted. What both share stays here.</p>
    );
  const title = value.kind === "answered" ? value.value.title : null;
  return <OriginLinks forkId={forkId} conversationId={conversationId} title={title} />;
}

export interface OriginLinksProps {
  readonly forkId: string;
  readonly conversationId: string;
  readonly title: string | null;
}

export function OriginLinks({ forkId, conversationId, title }: OriginLinksProps): JSX.Element {
  const to = { kind: "conversation", id: conversationId } as const;
  return (
    <p class="timeline-origin">
      Forked from{" "}
      <PlaceLink to={to}>
        <bdi class="foreign" dir="auto">
          <VisibleText text={title ?? "an untitled conversation"} />
        </bdi>
      </PlaceLink>
      {". "}
      <PlaceLink to={{ kind: "compare", one: conversationId, other: forkId }}>
        Compare with its origin
      </PlaceLink>
      {", or "}
      <PlaceLink to={to} beside>
        open it beside
      </PlaceLink>
      .
    </p>
  );
}
