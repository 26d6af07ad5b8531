// Where one writes. Enter sends, Shift and Enter begins a line; what cannot be sent now can be written all the same.
import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { announce } from "../../kit/announce.tsx";
import { Button } from "../../kit/button.tsx";
import { whyNotSent } from "./send-rules.ts";
import "./composer.css";

export interface ComposerProps {
  readonly draft: Signal<string>;
  /** What is written here, for those who do not see where it stands: "Message". */
  readonly label: string;
  readonly placeholder: string;
  /** Why nothing can be sent now, in a few words; null = it can. */
  readonly waitsFor: string | null;
  readonly send: (text: string) => void;
  /** What stands over the field: what happens on sending, or why something was not sent. */
  readonly note?: ComponentChildren;
  /** What stands beside the button. */
  readonly children?: ComponentChildren;
  readonly sendLabel?: string;
}

const keysHint = "Enter sends, Shift+Enter adds a line";
export const composerClass = "composer-text";

export function Composer(props: ComposerProps): JSX.Element {
  const { draft, label, placeholder, waitsFor, send, note, children, sendLabel = "Send" } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const hintId = useId();
  const text = draft.value;
  const obstacle = whyNotSent(text, waitsFor);
  useLayoutEffect(() => grow(field.current), [text]);
  const trySend = (): void => {
    if (obstacle === null) send(text);
    else announce(obstacle);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        trySend();
      }}
    >
      {note}
      <textarea
        ref={field}
        class={`textarea ${composerClass}`}
        dir="auto"
        rows={2}
        aria-label={label}
        aria-describedby={hintId}
        placeholder={placeholder}
        value={text}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          // Out of the field, the keys are shortcuts again.
          if (event.key === "Escape" && !event.isComposing) event.currentTarget.blur();
          if (!isSendKey(event)) return;
          event.preventDefault();
          trySend();
        }}
      />
      <div class="composer-row">
        {children}
        <span class="composer-hint" id={hintId}>
          {text.trim() === "" ? keysHint : (obstacle ?? keysHint)}
        </span>
        <Button kind="primary" icon="send" type="submit" aria-disabled={obstacle !== null}>
          {sendLabel}
        </Button>
      </div>
    </form>
  );
}

/** While characters are composed, Enter chooses one; some browsers tell only by the old code. */
function isSendKey(event: TargetedKeyboardEvent<HTMLTextAreaElement>): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

/** Where the style sheet cannot do it alone. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null || CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight + 2}px`;
}
