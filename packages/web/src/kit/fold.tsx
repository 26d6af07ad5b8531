// Something that is folded away until it is asked for. What is inside is made when it is opened for the first time.
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";

export interface FoldProps {
  readonly summary: ComponentChildren;
  readonly open?: boolean;
  readonly class?: string;
  readonly onToggle?: (open: boolean) => void;
  readonly children: () => ComponentChildren;
}

export function Fold({
  summary,
  open = false,
  class: name = "",
  onToggle,
  children,
}: FoldProps): JSX.Element {
  const isOpen = useSignal(open);
  return (
    <details
      class={`fold ${name}`}
      open={isOpen.value}
      onToggle={(event) => {
        // The event of an inner fold comes by here as well.
        if (event.target !== event.currentTarget) return;
        isOpen.value = event.currentTarget.open;
        onToggle?.(isOpen.value);
      }}
    >
      <summary class="fold-summary">{summary}</summary>
      {isOpen.value ? <div class="fold-body">{children()}</div> : null}
    </details>
  );
}
