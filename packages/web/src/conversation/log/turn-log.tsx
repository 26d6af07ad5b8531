// The log of a conversation: its turns from the oldest that was read to the newest, and what is on its way.
import { useSignalEffect } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../kit/button.tsx";
import { sendingTo } from "../composer/sending.ts";
import type { FollowedConversation } from "../following/follow-conversation.ts";
import { EarlierTurns } from "./earlier-turns.tsx";
import { findTurn } from "./find-turn.ts";
import { Nearness } from "./nearness.ts";
import { Scroller } from "./scroller.ts";
import { TurnSlot } from "./turn-slot.tsx";
import "./turn-log.css";

export interface TurnLogProps {
  readonly conversation: FollowedConversation;
  /** The turn that is to be in sight. */
  readonly markedTurnId: string | undefined;
  readonly label: string;
  /** What stands behind the last turn: a message that is on its way. */
  readonly children?: ComponentChildren;
}

/** So many are laid out at first; the others when it is seen that they are near. */
const laidOutCount = 6;

export function TurnLog({ conversation, markedTurnId, label, children }: TurnLogProps): JSX.Element {
  const region = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [scroller] = useState(() => new Scroller());
  const [nearness] = useState(() => new Nearness());
  const { turns } = conversation;
  const order = turns.order.value;
  useLayoutEffect(() => {
    if (region.current === null || content.current === null) return undefined;
    const stops = [scroller.start(region.current, content.current), nearness.start(region.current)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [scroller, nearness]);
  useSignalEffect(() => {
    // Whoever says something wants to see what comes of it.
    if (sendingTo(conversation.id).value.kind === "sending") scroller.toEnd();
  });
  useEffect(() => {
    if (markedTurnId === undefined) return undefined;
    const leaving = new AbortController();
    void findTurn(markedTurnId, { conversation, nearness, scroller, region, signal: leaving.signal });
    return () => leaving.abort();
  }, [markedTurnId, conversation, nearness, scroller]);
  return (
    <div class="turn-log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <div class="turn-log" role="log" aria-live="off" aria-label={label} tabIndex={0} ref={region}>
        <div class="turn-log-content" ref={content}>
          <EarlierTurns conversation={conversation} scroller={scroller} region={region} />
          {order.map((turnId, at) => {
            const turn = turns.turn(turnId);
            if (turn === undefined) return null;
            const isLate = at >= order.length - laidOutCount;
            const isMarked = turnId === markedTurnId;
            return <TurnSlot key={turnId} {...{ turn, turnId, nearness, isLate, isMarked }} />;
          })}
          {children}
        </div>
      </div>
      <JumpToEnd scroller={scroller} />
    </div>
  );
}

function JumpToEnd({ scroller }: { readonly scroller: Scroller }): JSX.Element | null {
  if (scroller.isAtEnd.value) return null;
  return (
    <Button class="turn-log-jump" icon="arrow-down" onClick={() => scroller.toEnd()}>
      Jump to the latest
    </Button>
  );
}
