// What was typed and not yet sent: it outlives the pane and a reload, but not the tab.
import { effect, type Signal, signal } from "@preact/signals";

const drafts: Map<string, Signal<string>> = new Map();

/** The draft for a conversation's id, or under any other name. */
export function draftOf(name: string): Signal<string> {
  const held = drafts.get(name);
  if (held !== undefined) return held;
  const draft = signal(keptText(`draft.${name}`) ?? "");
  drafts.set(name, draft);
  effect(() => keepText(`draft.${name}`, draft.value));
  return draft;
}

/** Leaves nothing of what was typed to whoever uses this tab next. */
export function forgetDrafts(): void {
  for (const draft of drafts.values()) draft.value = "";
  try {
    const names = Object.keys(sessionStorage).filter((name) => /^lathe\.(draft|sending)\./.test(name));
    for (const name of names) sessionStorage.removeItem(name);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/** Gives a text that could not be sent back, before what was typed meanwhile. */
export function giveBack(name: string, text: string): void {
  const draft = draftOf(name);
  const typed = draft.value;
  if (typed.trim() === "") draft.value = text;
  else if (typed !== text) draft.value = `${text}\n\n${typed}`;
}

/** Null where nothing is kept, and where the browser keeps nothing. */
export function keptText(name: string): string | null {
  try {
    return sessionStorage.getItem(`lathe.${name}`);
  } catch {
    return null;
  }
}

/** An empty text is not kept. */
export function keepText(name: string, text: string): void {
  try {
    if (text === "") sessionStorage.removeItem(`lathe.${name}`);
    else sessionStorage.setItem(`lathe.${name}`, text);
  } catch {
    // There may be no room, or no permission; then it lasts as long as the page.
  }
}
