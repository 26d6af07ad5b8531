// Which turns are near enough to what is seen to be laid out. The others are empty boxes of the height that they had.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** Laid out so far beyond what is seen that a fast scroll meets no empty box, in CSS pixels. */
const marginPx = 1_500;
/** What a turn is taken to be high before it was laid out. */
export const guessedHeightPx = 240;

export interface Slot {
  readonly isNear: ReadonlySignal<boolean>;
  /** As it was laid out last. */
  readonly heightPx: number;
}

interface HeldSlot {
  readonly isNear: Signal<boolean>;
  heightPx: number;
}

export class Nearness {
  readonly #slots = new Map<string, HeldSlot>();
  #observer: IntersectionObserver | undefined;
  readonly #waiting = new Set<HTMLElement>();

  /** `isNear`: what a turn that comes for the first time is taken for. */
  slot(turnId: string, isNear: boolean): Slot {
    const known = this.#slots.get(turnId);
    if (known !== undefined) return known;
    const slot: HeldSlot = { isNear: signal(isNear), heightPx: guessedHeightPx };
    this.#slots.set(turnId, slot);
    return slot;
  }

  /** Begins to look, within this element. Returns how to stop. */
  start(root: HTMLElement): () => void {
    const observer = new IntersectionObserver((seen) => this.#note(seen), {
      root,
      rootMargin: `${marginPx}px 0px`,
    });
    this.#observer = observer;
    for (const element of this.#waiting) observer.observe(element);
    this.#waiting.clear();
    return () => {
      observer.disconnect();
      this.#observer = undefined;
    };
  }

  /** Looks at the element of a turn; its id stands in `data-turn`. Returns how to stop. */
  watch(element: HTMLElement): () => void {
    if (this.#observer === undefined) this.#waiting.add(element);
    else this.#observer.observe(element);
    return () => {
      this.#waiting.delete(element);
      this.#observer?.unobserve(element);
    };
  }

  /** Lays a turn out, wherever it is. */
  bringNear(turnId: string): void {
    const slot = this.#slots.get(turnId);
    if (slot !== undefined) slot.isNear.value = true;
  }

  #note(seen: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, boundingClientRect } of seen) {
      const slot = this.#slots.get((target as HTMLElement).dataset.turn ?? "");
      if (slot === undefined) continue;
      if (slot.isNear.value && boundingClientRect.height > 0) slot.heightPx = boundingClientRect.height;
      slot.isNear.value = isIntersecting || isHeld(target);
    }
  }
}

/** What has the focus, or is selected, stays where it is. */
function isHeld(element: Element): boolean {
  if (element.contains(document.activeElement)) return true;
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(element, true);
}
