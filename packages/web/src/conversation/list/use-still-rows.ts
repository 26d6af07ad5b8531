// Keeps the rows of a list where they are for as long as somebody is at it: with the pointer over it, with the focus of a
// key in it, or with one of its menus or dialogs open.
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { inShownOrder, type StillRow } from "./still-order.ts";

/** How long after he has left: a finger that is lifted has left before its click comes. */
const graceMs = 500;
const usedNow = ":focus-visible, dialog[open], :popover-open";

/** `what` names the list: the order of another one is another matter. */
export function useStillRows<Row extends StillRow>(
  rows: readonly Row[],
  what: string,
  list: RefObject<HTMLElement | null>,
): readonly Row[] {
  const shown = useRef<{ readonly what: string; readonly ids: readonly string[] }>({ what, ids: [] });
  const isHeld = useIsUsed(list) && shown.current.what === what;
  const still = isHeld ? inShownOrder(shown.current.ids, rows) : rows;
  shown.current = { what, ids: still.map(({ id }) => id) };
  useKeptFocus(list);
  return still;
}

function useIsUsed(list: RefObject<HTMLElement | null>): boolean {
  const isUsed = useSignal(false);
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    let isPointedAt = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const lookLater = (): void => {
      clearTimeout(timer);
      timer = setTimeout(look, graceMs);
    };
    const look = (): void => {
      // Whatever has the focus may be taken away without a word.
      if (isPointedAt || element.querySelector(usedNow) !== null) lookLater();
      else isUsed.value = false;
    };
    const use = (): void => {
      isUsed.value = true;
      lookLater();
    };
    const point = (): void => {
      if (isPointedAt) return;
      isPointedAt = true;
      use();
    };
    const leave = (): void => {
      isPointedAt = false;
      lookLater();
    };
    // Whoever writes somewhere else is not about to click, wherever the pointer was left.
    const typeElsewhere = ({ target }: KeyboardEvent): void => {
      if (!(target instanceof Node && element.contains(target))) leave();
    };
    const leaving = new AbortController();
    const { signal } = leaving;
    for (const name of ["pointerenter", "pointermove", "pointerdown"] as const)
      element.addEventListener(name, point, { signal, passive: true });
    for (const name of ["pointerleave", "pointercancel"] as const)
      element.addEventListener(name, leave, { signal });
    for (const name of ["focusin", "keydown"] as const) element.addEventListener(name, use, { signal });
    document.addEventListener("keydown", typeElsewhere, { signal, capture: true });
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [isUsed, list]);
  return isUsed.value;
}

/** Not every browser lets a row that is moved in the page keep the focus, which a click has left in it. */
function useKeptFocus(list: RefObject<HTMLElement | null>): void {
  const before = document.activeElement;
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body && before !== document.body;
    if (isLost && before instanceof HTMLElement && list.current?.contains(before))
      before.focus({ preventScroll: true });
  });
}
