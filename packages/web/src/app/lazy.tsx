// Components that are loaded when they are first shown.
import { type Signal, signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { Button } from "../kit/button.tsx";
import { ProblemCard } from "../kit/problem-card.tsx";
import { PaneFrame } from "./pane-frame.tsx";

type Loaded<Props> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly component: ComponentType<Props> }
  | { readonly kind: "failed" };

/** A pane that fetches its code once. A failure is shown, and can be tried again: the daemon may have been away. */
export function lazyPane<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let state: Signal<Loaded<Props>> | undefined;
  const begin = (into: Signal<Loaded<Props>>): void => {
    into.value = { kind: "loading" };
    load().then(
      (component) => {
        into.value = { kind: "ready", component };
      },
      () => {
        into.value = { kind: "failed" };
      },
    );
  };
  return function LazyPane(props: Props): JSX.Element {
    if (state === undefined) {
      state = signal<Loaded<Props>>({ kind: "loading" });
      begin(state);
    }
    const held = state;
    const { value } = held;
    if (value.kind === "ready") return <value.component {...props} />;
    if (value.kind === "loading") return <PaneFrame title="Loading">{null}</PaneFrame>;
    return (
      <PaneFrame title="Not loaded">
        <ProblemCard
          title="This part of the page could not be loaded"
          actions={
            <>
              <Button onClick={() => begin(held)}>Try again</Button>
              <Button onClick={() => location.reload()}>Reload the page</Button>
            </>
          }
        >
          The daemon did not answer, or has another version by now.
        </ProblemCard>
      </PaneFrame>
    );
  };
}
