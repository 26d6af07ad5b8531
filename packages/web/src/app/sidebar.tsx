// The way around: what there is on the left, in every place.
import type { JSX } from "preact";
import { forgetDrafts } from "../conversation/composer/drafts.ts";
import { ConversationList } from "../conversation/conversation-list.tsx";
import { IconButton } from "../kit/button.tsx";
import { Icon, type IconName } from "../kit/icon.tsx";
import { attempt } from "../kit/toasts.tsx";
import { runningCount } from "../state/run-feed.ts";
import { session, signOut } from "../state/session.ts";
import { view } from "./navigation.ts";
import { isPaletteOpen } from "./palette.tsx";
import { PlaceLink } from "./place-link.tsx";
import type { Place } from "./places.ts";
import { isShortcutListOpen } from "./shortcut-list.tsx";
import { nextTheme, theme } from "./theme.ts";

export function Sidebar(): JSX.Element {
  return (
    <div class="sidebar">
      <div class="sidebar-top">
        <PlaceLink to={{ kind: "home" }} class="brand">
          Lathe
        </PlaceLink>
        <IconButton
          icon="search"
          label="Find a command or a conversation"
          onClick={() => {
            isPaletteOpen.value = true;
          }}
        />
      </div>
      <nav aria-label="Places">
        <ul class="plain-list sidebar-places">
          <PlaceItem to={{ kind: "home" }} icon="add" label="New conversation" />
          <PlaceItem to={{ kind: "runs" }} icon="runs" label="Runs" count={runningCount.value} />
          <PlaceItem to={{ kind: "workflows" }} icon="workflow" label="Workflows" />
          <PlaceItem to={{ kind: "extensions" }} icon="extension" label="Extensions" />
        </ul>
      </nav>
      <ConversationList />
      <Foot />
    </div>
  );
}

interface PlaceItemProps {
  readonly to: Place;
  readonly icon: IconName;
  readonly label: string;
  readonly count?: number;
}

function PlaceItem({ to, icon, label, count = 0 }: PlaceItemProps): JSX.Element {
  const isHere = view.value.main.kind === to.kind;
  return (
    <li>
      <PlaceLink to={to} class="sidebar-place" aria-current={isHere ? "page" : undefined}>
        <Icon name={icon} />
        <span>{label}</span>
        {count === 0 ? null : (
          <span class="sidebar-count">
            {count}
            <span class="visually-hidden"> running</span>
          </span>
        )}
      </PlaceLink>
    </li>
  );
}

/** Whoever was signed out by the daemon finds his drafts again; whoever leaves by himself takes them along. */
async function leave(): Promise<void> {
  if (await attempt("Not signed out", signOut)) forgetDrafts();
}

function Foot(): JSX.Element {
  const { value } = session;
  return (
    <div class="sidebar-foot">
      <span class="muted foreign">{value.kind === "signed-in" ? value.principalId : ""}</span>
      <IconButton
        icon={theme.value === "dark" ? "moon" : "sun"}
        label={`Theme: ${theme.value}. Change`}
        onClick={nextTheme}
      />
      <IconButton
        icon="help"
        label="Keyboard shortcuts"
        onClick={() => {
          isShortcutListOpen.value = true;
        }}
      />
      <IconButton icon="sign-out" label="Sign out" onClick={() => void leave()} />
    </div>
  );
}
