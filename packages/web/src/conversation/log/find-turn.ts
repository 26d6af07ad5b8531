// Brings one turn into sight, wherever in the conversation it is.
import type { RefObject } from "preact";
import { announce } from "../../kit/announce.tsx";
import { toast } from "../../kit/toasts.tsx";
import type { FollowedConversation } from "../following/follow-conversation.ts";
import type { Nearness } from "./nearness.ts";
import type { Scroller } from "./scroller.ts";

export interface FindDesk {
  readonly conversation: FollowedConversation;
  readonly nearness: Nearness;
  readonly scroller: Scroller;
  readonly region: RefObject<HTMLElement | null>;
  /** Aborted when it is not wanted any more. */
  readonly signal: AbortSignal;
}

/** Reads backwards until the turn is there. Says so where there is no such turn. */
export async function findTurn(turnId: string, desk: FindDesk): Promise<void> {
  const { conversation, signal } = desk;
  while (!signal.aborted) {
    if (conversation.turns.turn(turnId) !== undefined) {
      await show(turnId, desk);
      return;
    }
    const { kind } = conversation.earlier.value;
    if (kind === "loading") await changed(conversation, signal);
    else if (kind === "more") await conversation.loadEarlier();
    else break;
  }
  // A page that failed is told where it would stand.
  if (!signal.aborted && conversation.earlier.value.kind === "none")
    toast(
      "This conversation does not go through the turn of this address. A restore may have left it behind.",
    );
}

async function show(turnId: string, { nearness, scroller, region, signal }: FindDesk): Promise<void> {
  nearness.bringNear(turnId);
  await nextFrame();
  const element = region.current?.querySelector(`[data-turn="${CSS.escape(turnId)}"]`);
  if (signal.aborted || element == null) return;
  scroller.to(element);
  announce("The turn is in sight.");
}

function changed({ earlier }: FollowedConversation, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const began = earlier.peek();
    const stop = earlier.subscribe((value) => {
      if (value === began) return;
      resolve();
      queueMicrotask(() => stop());
    });
    signal.addEventListener("abort", () => {
      stop();
      resolve();
    });
  });
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
  });
}
