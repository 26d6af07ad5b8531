// Where this tab is. The address bar is the one place where that is kept: a reload is exactly where one was.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { besideCountMax, isSameThing, type Place, urlOf, type View, viewOf } from "./places.ts";

const current: Signal<View> = signal(viewOf(location));

export const view: ReadonlySignal<View> = current;

/** Follows the buttons of the browser. Called once. */
export function followHistory(): void {
  addEventListener("popstate", () => {
    current.value = viewOf(location);
  });
}

export interface GoOptions {
  /** Takes the place of the entry in the history: for where one looks inside of a thing. */
  readonly replace?: boolean;
}

/** Shows the place in the main pane; what stands beside stays where it belongs to the same thing or to none. */
export function go(main: Place, options: GoOptions = {}): void {
  const { beside } = current.value;
  const isSame = isSameThing(main, current.value.main);
  move(
    { main, beside: isSame ? beside : beside.filter((place) => !isSameThing(place, main) && isLoose(place)) },
    options,
  );
}

/** Shows the place beside the main pane: in the pane that shows things of its kind already, or in a new one. */
export function goBeside(place: Place, options: GoOptions = {}): void {
  const { main, beside } = current.value;
  if (isSameThing(main, place)) {
    move({ main: place, beside }, options);
    return;
  }
  const at = beside.findIndex(({ kind }) => kind === place.kind);
  const next = at >= 0 ? beside.with(at, place) : [...beside, place].slice(-besideCountMax);
  move({ main, beside: next }, options);
}

/** Another place inside of the pane that shows `from`, wherever that pane is. */
export function goWithin(from: Place, to: Place, options: GoOptions = {}): void {
  const { main, beside } = current.value;
  const at = beside.findIndex((place) => isSameThing(place, from));
  if (at >= 0) move({ main, beside: beside.with(at, to) }, options);
  else move({ main: to, beside }, options);
}

/**
 * Goes on from a place to where something that was begun there has led. Whoever has left it meanwhile stays where he is.
 * True where it was done.
 */
export function goFrom(from: Place, to: Place): boolean {
  const { main, beside } = current.value;
  if (isSameThing(main, from)) go(to);
  else if (beside.some((place) => isSameThing(place, from))) goWithin(from, to);
  else return false;
  return true;
}

export function closeBeside(place: Place): void {
  const { main, beside } = current.value;
  move({ main, beside: beside.filter((other) => !isSameThing(other, place)) }, {});
}

function move(next: View, { replace = false }: GoOptions): void {
  const url = urlOf(next);
  if (url !== `${location.pathname}${location.search}`) {
    if (replace) history.replaceState(null, "", url);
    else history.pushState(null, "", url);
  }
  current.value = next;
}

/** Lists stay beside whatever one looks at; what belongs to one conversation goes with it. */
function isLoose({ kind }: Place): boolean {
  return kind === "runs" || kind === "run" || kind === "workflows" || kind === "workflow";
}
