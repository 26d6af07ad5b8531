// What a turn is made of comes in a file of its own: the page begins before it can read Markdown.
import type { TurnView } from "@lathe/wire";
import { type Signal, signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Button } from "../../kit/button.tsx";

type Content = ComponentType<{ readonly turn: TurnView }>;

const content: Signal<Content | null> = signal(null);
const isFailed: Signal<boolean> = signal(false);
let loading: Promise<void> | undefined;

/** Fetches it once; after a failure, again. Never rejects. */
export function loadTurnContent(): Promise<void> {
  loading ??= import("./turn-content.tsx").then(
    ({ TurnContent }) => {
      content.value = TurnContent;
      isFailed.value = false;
    },
    () => {
      isFailed.value = true;
      loading = undefined;
    },
  );
  return loading;
}

export function LazyTurn({ turn }: { readonly turn: TurnView }): JSX.Element | null {
  useEffect(() => void loadTurnContent(), []);
  const Content = content.value;
  if (Content !== null) return <Content turn={turn} />;
  if (!isFailed.value) return null;
  return (
    <p class="turn-note">
      The part of the page that shows turns could not be loaded.{" "}
      <Button onClick={() => void loadTurnContent()}>Try again</Button>
    </p>
  );
}
