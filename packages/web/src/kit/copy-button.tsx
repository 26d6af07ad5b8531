// Puts a text on the clipboard.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { announce } from "./announce.tsx";
import { IconButton } from "./button.tsx";

export interface CopyButtonProps {
  /** What is copied, for example "message". */
  readonly what: string;
  readonly text: () => string;
}

const shownMs = 1_500;

export function CopyButton({ what, text }: CopyButtonProps): JSX.Element {
  const isCopied = useSignal(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      announce("The browser did not allow to copy.");
      return;
    }
    isCopied.value = true;
    announce("Copied");
    setTimeout(() => {
      isCopied.value = false;
    }, shownMs);
  };
  return <IconButton icon={isCopied.value ? "check" : "copy"} label={`Copy ${what}`} onClick={copy} />;
}
