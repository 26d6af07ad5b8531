// Short messages about what was just done, or could not be done.
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { announce } from "./announce.tsx";
import { IconButton } from "./button.tsx";
import { VisibleText } from "./code/visible-text.tsx";
import { failureText } from "./problem-card.tsx";

interface Toast {
  readonly id: number;
  readonly tone: "info" | "danger";
  readonly text: string;
}

const toasts: Signal<readonly Toast[]> = signal([]);
const shownMs = 6_000;
const countMax = 4;
let lastId = 0;

export function toast(text: string): void {
  const id = show("info", text);
  setTimeout(() => dismiss(id), shownMs);
}

/** A failure stays until it is dismissed. */
export function toastFailure(what: string, failure: unknown): void {
  show("danger", `${what}: ${failureText(failure)}`);
}

/** Does it, and tells of a failure. True where it was done. */
export async function attempt(what: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (failure) {
    toastFailure(what, failure);
    return false;
  }
}

export function Toasts(): JSX.Element {
  return (
    <section class="toasts" aria-label="Messages">
      <ul class="plain-list toast-list">
        {toasts.value.map(({ id, tone, text }) => (
          <li key={id} class={`toast toast-${tone}`}>
            <span class="foreign" dir="auto">
              <VisibleText text={text} />
            </span>
            <IconButton icon="close" label="Dismiss" onClick={() => dismiss(id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function show(tone: Toast["tone"], text: string): number {
  lastId += 1;
  toasts.value = [...toasts.value, { id: lastId, tone, text }].slice(-countMax);
  announce(text);
  return lastId;
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
