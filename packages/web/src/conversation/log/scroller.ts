// Keeps what one reads where it is: at the end while one is at the end, else at what stands at the upper edge.
//
// Invariants
//   S1  Only what somebody does takes him off the end; what grows there does not.
//   S2  What is put before what one reads does not move it, also in browsers that do not see to it themselves.
//   S3  A turn that was brought into sight stays there while what is around it is laid out, until somebody scrolls.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** So near to the end one is taken to be there, in CSS pixels. */
const endPx = 48;
/** What somebody scrolls with. */
const hands = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

export class Scroller {
  /** Whether more may come before what is there: at the very top, a browser would keep no place. */
  isMoreAbove = false;
  readonly #isAtEnd: Signal<boolean> = signal(true);
  #element: HTMLElement | undefined;
  #lastTop = 0;
  #pinned: Element | undefined;
  /** In browsers that do not keep places: what stood at the upper edge, and where. */
  #anchor: { readonly element: Element; readonly top: number } | undefined;

  get isAtEnd(): ReadonlySignal<boolean> {
    return this.#isAtEnd;
  }

  /** `content` is what grows inside of `element`. Returns how to stop. */
  start(element: HTMLElement, content: HTMLElement): () => void {
    this.#element = element;
    const leaving = new AbortController();
    const { signal: gone } = leaving;
    const sizes = new ResizeObserver(() => this.#settle());
    sizes.observe(content);
    sizes.observe(element);
    const unpin = (): void => {
      this.#pinned = undefined;
    };
    element.addEventListener("scroll", () => this.#note(), { passive: true, signal: gone });
    element.addEventListener("click", (event) => this.#noteFold(event), { signal: gone });
    for (const hand of hands) element.addEventListener(hand, unpin, { passive: true, signal: gone });
    return () => {
      sizes.disconnect();
      leaving.abort();
      this.#element = undefined;
    };
  }

  toEnd(): void {
    this.#pinned = undefined;
    this.#isAtEnd.value = true;
    this.#settle();
  }

  /** Shows the beginning of an element of the content. */
  to(target: Element): void {
    this.#isAtEnd.value = false;
    this.#pinned = target;
    this.#settle();
  }

  #settle(): void {
    const element = this.#element;
    if (element === undefined) return;
    if (this.#isAtEnd.value) element.scrollTop = element.scrollHeight;
    // Not `scrollIntoView`: that moves what is around the log, too.
    else if (this.#pinned?.isConnected === true) element.scrollTop += this.#topOf(this.#pinned);
    else if (this.#anchor?.element.isConnected === true)
      element.scrollTop += this.#topOf(this.#anchor.element) - this.#anchor.top;
    this.#lastTop = element.scrollTop;
  }

  #note(): void {
    const element = this.#element;
    if (element === undefined) return;
    if (this.isMoreAbove && element.scrollTop === 0) element.scrollTop = 1;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isNearEnd = scrollHeight - scrollTop - clientHeight <= endPx;
    // Growth moves the end away without a scroll upwards; that is no leaving.
    if (isNearEnd && this.#pinned === undefined) this.#isAtEnd.value = true;
    else if (scrollTop < this.#lastTop) this.#isAtEnd.value = false;
    this.#lastTop = scrollTop;
    if (!this.#isAtEnd.value && !keepsPlaces) this.#anchor = this.#atUpperEdge();
  }

  /** Whoever opens a fold wants to read on where it stands. */
  #noteFold({ target }: Event): void {
    if (!(target instanceof Element) || target.closest("summary") === null) return;
    this.#isAtEnd.value = false;
    requestAnimationFrame(() => this.#note());
  }

  #atUpperEdge(): { readonly element: Element; readonly top: number } | undefined {
    for (const element of this.#element?.querySelectorAll("[data-turn]") ?? []) {
      const top = this.#topOf(element);
      if (top + element.clientHeight > 0) return { element, top };
    }
    return undefined;
  }

  #topOf(target: Element): number {
    return target.getBoundingClientRect().top - (this.#element?.getBoundingClientRect().top ?? 0);
  }
}

const keepsPlaces: boolean = typeof CSS !== "undefined" && CSS.supports("overflow-anchor", "auto");
