// Keeps what one reads where it is: at the end while one is at the end, else at what stands at the upper edge.
//
// Invariants
//   S1  Only what somebody does takes him off the end; what grows there does not.
//   S2  What is put before what one reads does not move it, also in browsers that do not see to it themselves.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** So near to the end one is taken to be there, in CSS pixels. */
const endPx = 48;

export class Scroller {
  /** Whether more may come before what is there: at the very top, a browser would keep no place. */
  isMoreAbove = false;
  readonly #isAtEnd: Signal<boolean> = signal(true);
  #element: HTMLElement | undefined;
  #lastTop = 0;
  #anchor: { readonly element: Element; readonly top: number } | undefined;

  get isAtEnd(): ReadonlySignal<boolean> {
    return this.#isAtEnd;
  }

  /** `content` is what grows inside of `element`. Returns how to stop. */
  start(element: HTMLElement, content: HTMLElement): () => void {
    this.#element = element;
    const note = (): void => this.#note();
    const sizes = new ResizeObserver(() => this.#settle());
    sizes.observe(content);
    sizes.observe(element);
    const noteFold = (event: Event): void => this.#noteFold(event);
    element.addEventListener("scroll", note, { passive: true });
    element.addEventListener("click", noteFold);
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", note);
      element.removeEventListener("click", noteFold);
      this.#element = undefined;
    };
  }

  toEnd(): void {
    this.#isAtEnd.value = true;
    this.#settle();
  }

  /** Shows the beginning of an element of the content. */
  to(target: Element): void {
    this.#isAtEnd.value = false;
    target.scrollIntoView({ block: "start" });
    this.#anchorAt(target);
  }

  #settle(): void {
    const element = this.#element;
    if (element === undefined) return;
    if (this.#isAtEnd.value) element.scrollTop = element.scrollHeight;
    else if (this.#anchor?.element.isConnected === true && !keepsPlaces) {
      element.scrollTop += this.#topOf(this.#anchor.element) - this.#anchor.top;
    }
    this.#lastTop = element.scrollTop;
  }

  #note(): void {
    const element = this.#element;
    if (element === undefined) return;
    if (this.isMoreAbove && element.scrollTop === 0) element.scrollTop = 1;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isNearEnd = scrollHeight - scrollTop - clientHeight <= endPx;
    // Growth moves the end away without a scroll upwards; that is no leaving.
    if (isNearEnd) this.#isAtEnd.value = true;
    else if (scrollTop < this.#lastTop) this.#isAtEnd.value = false;
    this.#lastTop = scrollTop;
    if (!this.#isAtEnd.value && !keepsPlaces) this.#anchorAt(this.#atUpperEdge());
  }

  /** Whoever opens a fold wants to read on where it stands. */
  #noteFold({ target }: Event): void {
    if (!(target instanceof Element) || target.closest("summary") === null) return;
    this.#isAtEnd.value = false;
    requestAnimationFrame(() => this.#note());
  }

  #atUpperEdge(): Element | undefined {
    const turns = [...(this.#element?.querySelectorAll("[data-turn]") ?? [])];
    return turns.find((turn) => this.#topOf(turn) + turn.clientHeight > 0);
  }

  #anchorAt(target: Element | undefined): void {
    this.#anchor = target === undefined ? undefined : { element: target, top: this.#topOf(target) };
  }

  #topOf(target: Element): number {
    return target.getBoundingClientRect().top - (this.#element?.getBoundingClientRect().top ?? 0);
  }
}

const keepsPlaces: boolean = typeof CSS !== "undefined" && CSS.supports("overflow-anchor", "auto");
