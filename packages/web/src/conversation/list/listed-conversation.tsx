// One conversation in the list: where it leads, how it stands, and what can be done with it.
import type { Conversation } from "@lathe/kernel";
import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { view } from "../../app/navigation.ts";
import { PlaceLink } from "../../app/place-link.tsx";
import { Badge } from "../../kit/badge.tsx";
import { VisibleText } from "../../kit/code/visible-text.tsx";
import { Time } from "../../kit/time.tsx";
import { runFeed } from "../../state/run-feed.ts";
import { memo } from "../memo.tsx";
import { DeleteDialog, RenameDialog } from "./conversation-dialogs.tsx";

interface ListedProps {
  readonly conversation: Conversation;
}

export const ListedConversation: ReturnType<typeof memo<ListedProps>> = memo(
  ({ conversation }: ListedProps): JSX.Element => {
    const { id, title, lastActiveAtMs } = conversation;
    const isHere = useComputed(() => view.value.main.kind === "conversation" && view.value.main.id === id);
    const dialog = useSignal<"rename" | "delete" | null>(null);
    const name = title ?? "Untitled conversation";
    const close = (): void => {
      dialog.value = null;
    };
    return (
      <li class="conversations-item">
        <PlaceLink
          to={{ kind: "conversation", id }}
          class="conversations-link"
          aria-current={isHere.value ? "page" : undefined}
        >
          <span class="conversations-title foreign" dir="auto">
            <VisibleText text={name} />
          </span>
          <span class="conversations-facts">
            {/* The list is in this order. */}
            <Time atMs={lastActiveAtMs} isShort />
            <State conversation={conversation} />
          </span>
        </PlaceLink>
        <Menu
          name={name}
          choose={(choice) => {
            dialog.value = choice;
          }}
        />
        {dialog.value === "rename" ? <RenameDialog conversation={conversation} onClose={close} /> : null}
        {dialog.value === "delete" ? <DeleteDialog conversation={conversation} onClose={close} /> : null}
      </li>
    );
  },
);

function State({ conversation: { id, state } }: ListedProps): JSX.Element | null {
  const isStopping = useComputed(() =>
    runFeed.list.value.items.some((run) => run.conversationId === id && run.status === "stopping"),
  );
  if (state === "idle") return null;
  return isStopping.value ? (
    <Badge tone="warning" live>
      Stopping
    </Badge>
  ) : (
    <Badge tone="info" live>
      Running
    </Badge>
  );
}

interface MenuProps {
  readonly name: string;
  readonly choose: (choice: "rename" | "delete") => void;
}

/** A popover of the browser: Escape, or a click anywhere else, closes it. */
function Menu({ name, choose }: MenuProps): JSX.Element {
  const id = useId();
  const pick = (choice: "rename" | "delete") => (): void => {
    document.getElementById(id)?.hidePopover();
    choose(choice);
  };
  return (
    <>
      <button
        type="button"
        class="button icon-button conversations-menu-button"
        popovertarget={id}
        aria-label={`Actions for ${name}`}
        title="Rename or delete"
      >
        <span aria-hidden="true">⋯</span>
      </button>
      <div
        id={id}
        popover="auto"
        class="conversations-menu"
        onToggle={({ currentTarget }) => placeUnder(currentTarget)}
      >
        <button type="button" class="button button-quiet" onClick={pick("rename")}>
          Rename
        </button>
        <button type="button" class="button button-quiet" onClick={pick("delete")}>
          Delete
        </button>
      </div>
    </>
  );
}

/** A popover stands in no box of the page, so that it is told where its button is. */
function placeUnder(menu: HTMLElement): void {
  const button = menu.previousElementSibling;
  if (button === null || !menu.matches(":popover-open")) return;
  const { bottom, right, top } = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const isLow = bottom + height > innerHeight;
  menu.style.insetBlockStart = `${isLow ? top - height : bottom}px`;
  menu.style.insetInlineStart = `${Math.max(8, right - width)}px`;
  menu.querySelector("button")?.focus();
}
