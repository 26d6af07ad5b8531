// What stands before the first turn that was read: the way to what is earlier, which comes by itself when one is near.
import type { JSX, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../kit/button.tsx";
import { failureText, ProblemCard } from "../../kit/problem-card.tsx";
import type { FollowedConversation } from "../following/follow-conversation.ts";
import type { Scroller } from "./scroller.ts";

export interface EarlierTurnsProps {
  readonly conversation: FollowedConversation;
  readonly scroller: Scroller;
  readonly region: RefObject<HTMLElement | null>;
}

/** How far away from the upper end the next page is asked for, in CSS pixels. */
const marginPx = 2_000;

export function EarlierTurns({ conversation, scroller, region }: EarlierTurnsProps): JSX.Element | null {
  const edge = useRef<HTMLDivElement>(null);
  const { value: earlier } = conversation.earlier;
  scroller.isMoreAbove = earlier.kind !== "none";
  const load = (): void => void conversation.loadEarlier();
  useEffect(() => {
    if (edge.current === null || earlier.kind !== "more") return undefined;
    const observer = new IntersectionObserver(
      (seen) => {
        // Whoever reads at the end of a short page has not come near to its beginning.
        if (seen.some(({ isIntersecting }) => isIntersecting) && isFilled(region.current, scroller)) load();
      },
      { root: region.current, rootMargin: `${marginPx}px 0px 0px 0px` },
    );
    observer.observe(edge.current);
    return () => observer.disconnect();
  }, [earlier, scroller.isAtEnd.value]);
  if (earlier.kind === "none" || conversation.failure.value !== null) return null;
  return (
    <div class="turn-log-earlier" ref={edge}>
      {earlier.kind === "more" ? <Button onClick={load}>Load earlier turns</Button> : null}
      {earlier.kind === "loading" ? <p class="muted">Loading</p> : null}
      {earlier.kind === "failed" ? (
        <ProblemCard
          title="Earlier turns could not be loaded"
          actions={<Button onClick={load}>Try again</Button>}
        >
          {failureText(earlier.failure)}
        </ProblemCard>
      ) : null}
    </div>
  );
}

function isFilled(region: HTMLElement | null, scroller: Scroller): boolean {
  if (region === null) return false;
  return !scroller.isAtEnd.value || region.scrollHeight <= region.clientHeight;
}
