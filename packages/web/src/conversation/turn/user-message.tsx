// What somebody asked.
import type { TurnView } from "@lathe/wire";
import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import { IconButton } from "../../kit/button.tsx";
import { ChunkedText } from "../../kit/code/chunked-text.tsx";
import { CopyButton } from "../../kit/copy-button.tsx";
import { memo } from "../memo.tsx";
import { TurnDeskContext } from "./turn-desk.ts";
import { textOf } from "./turn-texts.ts";

export function UserMessage({ turn }: { readonly turn: TurnView }): JSX.Element | null {
  const desk = useContext(TurnDeskContext);
  const text = textOf(turn.userMessage);
  if (text === "") return null;
  return (
    <div class="turn-user">
      <UserText text={text} />
      <div class="turn-tools">
        <CopyButton what="message" text={() => text} />
        {desk === null ? null : (
          <IconButton icon="edit" label="Edit and fork" onClick={() => desk.edit(turn)} />
        )}
      </div>
    </div>
  );
}

export const UserText: ReturnType<typeof memo<{ readonly text: string }>> = memo(
  ({ text }: { readonly text: string }): JSX.Element => (
    <div class="turn-user-text foreign" dir="auto">
      <span class="visually-hidden">You: </span>
      <ChunkedText text={text} />
    </div>
  ),
);
