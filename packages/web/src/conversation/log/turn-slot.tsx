// The place of one turn in the log: laid out while it is near, an empty box of its height while it is not.
import type { TurnView } from "@lathe/wire";
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { memo } from "../memo.tsx";
import { LazyTurn } from "../turn/lazy-turn.tsx";
import { textOf } from "../turn/turn-texts.ts";
import type { Nearness } from "./nearness.ts";

export interface TurnSlotProps {
  readonly turn: ReadonlySignal<TurnView>;
  readonly turnId: string;
  readonly nearness: Nearness;
  /** It is one of the last, which are seen first. */
  readonly isLate: boolean;
  /** It is the one that the address names. */
  readonly isMarked: boolean;
}

export const TurnSlot: ReturnType<typeof memo<TurnSlotProps>> = memo(
  ({ turn, turnId, nearness, isLate, isMarked }: TurnSlotProps): JSX.Element => {
    const element = useRef<HTMLElement>(null);
    const { isNear, heightPx } = nearness.slot(turnId, isLate || isMarked);
    useEffect(() => (element.current === null ? undefined : nearness.watch(element.current)), [nearness]);
    const isShown = isNear.value || turn.value.status === "running";
    return (
      <article
        ref={element}
        class={`turn ${isMarked ? "turn-marked" : ""}`}
        data-turn={turnId}
        aria-label={labelOf(turn.value)}
        aria-current={isMarked ? "true" : undefined}
        tabIndex={-1}
        style={isShown ? undefined : { blockSize: `${heightPx}px` }}
      >
        {isShown ? <LazyTurn turn={turn.value} /> : null}
      </article>
    );
  },
);

const labelLengthMax = 80;

function labelOf({ userMessage }: TurnView): string {
  const text = textOf(userMessage).trim().slice(0, labelLengthMax);
  return text === "" ? "Turn" : `Turn: ${text}`;
}
