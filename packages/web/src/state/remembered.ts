// Small choices that this browser remembers. Nothing of a conversation is kept here.
import { effect, type Signal, signal } from "@preact/signals";

/** A signal that begins with what was kept under the name, where `read` takes it for a value, and is kept as it changes. */
export function remembered<Value>(
  name: string,
  otherwise: Value,
  read: (kept: unknown) => Value | undefined,
): Signal<Value> {
  const kept = signal(keptUnder(name, read) ?? otherwise);
  let isFirst = true;
  effect(() => {
    const text = JSON.stringify(kept.value);
    if (isFirst) isFirst = false;
    else keep(name, text);
  });
  return kept;
}

function keptUnder<Value>(name: string, read: (kept: unknown) => Value | undefined): Value | undefined {
  try {
    const text = localStorage.getItem(`lathe.${name}`);
    return text === null ? undefined : read(JSON.parse(text));
  } catch {
    // A browser may refuse, and somebody may have written something else.
    return undefined;
  }
}

function keep(name: string, text: string): void {
  try {
    localStorage.setItem(`lathe.${name}`, text);
  } catch {
    // Private windows have no room; the choice lasts as long as the page.
  }
}
