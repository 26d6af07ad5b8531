// A conversation as its pane follows it: rendered at most once per frame, however often something is told.
import type { Earlier, Watch } from "@lathe/client";
import type { ConversationView } from "@lathe/wire";
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../kit/announce.tsx";
import { daemon } from "../../state/daemon.ts";
import { milestonesBetween } from "./milestones.ts";
import { ShownTurns } from "./shown-turns.ts";
import { noteThinking } from "./thinking-clock.ts";

/** Entries that a conversation is opened with, and that each earlier page adds. */
const tailCount = 200;

export interface FollowedConversation {
  readonly id: string;
  readonly turns: ShownTurns;
  /** How many turns restores have left behind, of those that were read. */
  readonly undoneCount: ReadonlySignal<number>;
  readonly earlier: ReadonlySignal<Earlier>;
  /** Why it is not followed any more; null while it is. */
  readonly failure: ReadonlySignal<unknown>;
  /** Position of the last entry that is shown. */
  lastSeq(): number;
  /** Settles when the page is shown, or `earlier` says why it is not. */
  loadEarlier(): Promise<void>;
  /** Follows it again after a failure. */
  retry(): void;
}

/** Follows it for as long as the component is shown. `id` stays the same. */
export function useConversation(id: string): FollowedConversation {
  const [following] = useState(() => new Following(id));
  useEffect(() => following.start(), [following]);
  return following;
}

class Following implements FollowedConversation {
  readonly id: string;
  readonly turns: ShownTurns = new ShownTurns();
  readonly undoneCount: Signal<number> = signal(0);
  readonly earlier: Signal<Earlier> = signal({ kind: "loading" });
  readonly failure: Signal<unknown> = signal(null);
  readonly #watch: Watch;
  #heard: ConversationView;
  #shown: ConversationView;
  #frame = 0;
  #leave: (() => void) | undefined;

  constructor(id: string) {
    this.id = id;
    this.#watch = daemon.watch(id, { tail: tailCount });
    this.#heard = this.#watch.value;
    this.#shown = this.#watch.value;
  }

  start(): () => void {
    this.#leave = this.#watch.subscribe(() => this.#hear());
    this.#show();
    return () => {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#leave?.();
      this.#leave = undefined;
    };
  }

  lastSeq(): number {
    return this.#watch.value.lastSeq;
  }

  async loadEarlier(): Promise<void> {
    const loaded = this.#watch.loadEarlier();
    this.#show();
    await loaded;
    this.#show();
  }

  retry(): void {
    this.#leave?.();
    this.#leave = this.#watch.subscribe(() => this.#hear());
    this.#show();
  }

  #hear(): void {
    noteThinking(this.#heard.current, this.#watch.value, Date.now());
    this.#heard = this.#watch.value;
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#show();
    });
  }

  #show(): void {
    const { value, earlier, failure } = this.#watch;
    for (const milestone of milestonesBetween(this.#shown, value)) announce(milestone);
    this.#shown = value;
    batch(() => {
      this.turns.show(value);
      this.undoneCount.value = value.undone.length;
      this.earlier.value = earlier;
      this.failure.value = failure;
    });
  }
}
