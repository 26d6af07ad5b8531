// The keys of the page. Whatever is shown adds its own while it is shown; the newest of a key wins.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { remembered } from "../state/remembered.ts";

export interface Shortcut {
  /** As pressed: `?`, `g r` (one after the other), `mod+k` (Ctrl, or Command on a Mac), `Escape`. */
  readonly keys: string;
  /** What it does, for the list and the palette: "Go to runs". */
  readonly label: string;
  readonly run: () => void;
  /** Also while one types. */
  readonly inText?: boolean;
  /** The part of the page that it is about: of two that have the same keys, the one with the focus in it is meant. */
  readonly within?: () => Element | null;
  /** Not in the palette: it says nothing there. */
  readonly hidden?: boolean;
  /** Whether it does anything at the moment; always, where absent. */
  readonly isOn?: () => boolean;
}

const held: Signal<readonly Shortcut[]> = signal([]);
export const shortcuts: ReadonlySignal<readonly Shortcut[]> = held;

/** Whoever speaks to the computer, or often hits keys by mistake, can do without those of single characters. */
export const isPlainOn: Signal<boolean> = remembered("plain-keys", true, (kept) =>
  typeof kept === "boolean" ? kept : undefined,
);

/** Returns how to take them back. */
export function addShortcuts(added: readonly Shortcut[]): () => void {
  held.value = [...held.peek(), ...added];
  return () => {
    held.value = held.peek().filter((shortcut) => !added.includes(shortcut));
  };
}

/** While the component is shown. What they do may change from one rendering to the next. */
export function useShortcuts(made: readonly Shortcut[]): void {
  const latest = useRef(made);
  latest.current = made;
  // What they are called decides; what they do is read when they are pressed.
  useEffect(
    () =>
      addShortcuts(
        made.map((shortcut, at) => ({
          ...shortcut,
          run: () => latest.current[at]?.run(),
          within: () => latest.current[at]?.within?.() ?? null,
        })),
      ),
    [made.map(({ keys, label }) => `${keys} ${label}`).join("\n")],
  );
}

const sequenceMs = 1_000;
let pressed: { readonly key: string; readonly atMs: number } | undefined;

/** Listens to the keyboard. Called once. */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const shortcut = shortcutOf(event);
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.run();
  });
}

function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  // What a dialog covers cannot be clicked, and is not reached by a key either.
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog:modal") !== null)
    return undefined;
  const key = nameOf(event);
  const before =
    pressed !== undefined && event.timeStamp - pressed.atMs < sequenceMs ? pressed.key : undefined;
  const isText = isTyping(event.target);
  const matching = held.value.filter(
    ({ keys, inText = false, isOn }) =>
      (inText || !isText) && (isPlainOn.value || !isPlain(keys)) && isOn?.() !== false,
  );
  const target = event.target instanceof Node ? event.target : null;
  const sequence = before === undefined ? undefined : shortcutFor(`${before} ${key}`, matching, target);
  const found = sequence ?? shortcutFor(key, matching, target);
  pressed = found === undefined && !isText ? { key, atMs: event.timeStamp } : undefined;
  return found;
}

/** The newest of these keys that is about where the focus is, else the newest. */
export function shortcutFor(
  pressedKeys: string,
  among: readonly Shortcut[],
  focus: Node | null,
): Shortcut | undefined {
  const found = among.filter(({ keys }) => keys === pressedKeys);
  return found.findLast(({ within }) => within?.()?.contains(focus) === true) ?? found.at(-1);
}

/** Characters and nothing else: `?`, `g r`. */
function isPlain(keys: string): boolean {
  return /^\S( \S)?$/u.test(keys);
}

function nameOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string {
  const name = key.length === 1 ? key.toLowerCase() : key;
  return `${ctrlKey || metaKey ? "mod+" : ""}${altKey ? "alt+" : ""}${name}`;
}

function isTyping(target: EventTarget | null): boolean {
  // For the rest of the frame in which a dialog is closed, the focus is still in it.
  if (!(target instanceof HTMLElement) || !target.checkVisibility()) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}
