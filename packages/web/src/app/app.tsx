// The page as a whole: the sidebar, the main pane and those beside it, and what lies over them.
import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { LiveRegion } from "../kit/announce.tsx";
import { IconButton } from "../kit/button.tsx";
import { Toasts } from "../kit/toasts.tsx";
import { remembered } from "../state/remembered.ts";
import { session } from "../state/session.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { closeBeside, go, view } from "./navigation.ts";
import { isPaletteOpen, Palette } from "./palette.tsx";
import { PaneContent } from "./pane-content.tsx";
import { PanePositionContext } from "./pane-frame.tsx";
import { type Place, thingOf } from "./places.ts";
import { isNarrow } from "./room.ts";
import { isShortcutListOpen, ShortcutList } from "./shortcut-list.tsx";
import { type Shortcut, useShortcuts } from "./shortcuts.ts";
import { Sidebar } from "./sidebar.tsx";
import { SignIn } from "./sign-in.tsx";
import { Splitter } from "./splitter.tsx";
import { nextTheme } from "./theme.ts";

export function App(): JSX.Element {
  const { value } = session;
  return (
    <>
      {value.kind === "signed-in" ? <Desk /> : null}
      {value.kind === "signed-out" ? <SignIn reason={value.reason} /> : null}
      {value.kind === "asking" ? <p class="asking">Connecting to the daemon</p> : null}
      <LiveRegion />
    </>
  );
}

const sidebarRange = { min: 180, max: 480 };
const besideRange = { min: 280, max: 1_400 };
const sidebarWidth: Signal<number> = remembered("sidebar-width", 264, widthWithin(sidebarRange));
const besideWidth: Signal<number> = remembered("beside-width", 520, widthWithin(besideRange));
/** Where there is no room for the sidebar beside the panes, it lies over them while it is open. */
const isSidebarOpen: Signal<boolean> = signal(false);

function Desk(): JSX.Element {
  useShortcuts(everywhere);
  useSignalEffect(() => {
    // Whoever has gone somewhere wants to see it.
    view.value;
    isSidebarOpen.value = false;
  });
  const { main, beside } = view.value;
  const covering = isNarrow.value ? beside.at(-1) : undefined;
  return (
    <div
      class="desk"
      style={{ "--sidebar-width": `${sidebarWidth.value}px`, "--beside-width": `${besideWidth.value}px` }}
    >
      <a class="skip-link" href={`#${contentId}`}>
        Skip to the content
      </a>
      <header class="narrow-bar">
        <IconButton
          id={menuButtonId}
          icon="menu"
          label="Places and conversations"
          aria-expanded={isSidebarOpen.value}
          onClick={() => {
            isSidebarOpen.value = !isSidebarOpen.value;
          }}
        />
        <span class="brand">Lathe</span>
      </header>
      {isSidebarOpen.value ? <Scrim /> : null}
      <section class={`desk-side ${isSidebarOpen.value ? "desk-side-open" : ""}`} aria-label="Sidebar">
        <Sidebar />
        <Splitter label="Width of the sidebar" width={sidebarWidth} {...sidebarRange} side="before" />
      </section>
      <main
        id={covering === undefined ? contentId : undefined}
        class={`desk-main ${beside.length > 0 ? "desk-main-covered" : ""}`}
        tabIndex={-1}
      >
        <ConnectionBanner />
        <PaneContent place={main} />
      </main>
      {beside.map((place) => (
        <BesidePane key={place.kind} place={place} isCovering={place === covering} />
      ))}
      <Toasts />
      <Palette />
      <ShortcutList />
    </div>
  );
}

const menuButtonId = "places-button";
/** Where the skip link leads: what is to be read first. */
const contentId = "main";

/** What is beside the open sidebar, on a narrow screen: a press on it closes the sidebar. */
function Scrim(): JSX.Element {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape and the button of the sidebar do the same.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape and the button of the sidebar do the same.
    <div class="desk-scrim" onClick={closeSidebar} />
  );
}

function closeSidebar(): void {
  isSidebarOpen.value = false;
  document.getElementById(menuButtonId)?.focus();
}

const closeSidebarKey: Shortcut = {
  keys: "Escape",
  label: "Close the sidebar",
  hidden: true,
  inText: true,
  isOn: () => isSidebarOpen.value,
  run: closeSidebar,
};

interface BesidePaneProps {
  readonly place: Place;
  /** Nothing else is seen: it stands where the main pane would. */
  readonly isCovering: boolean;
}

function BesidePane({ place, isCovering }: BesidePaneProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both of its roles are landmarks, which may have names.
    <div
      id={isCovering ? contentId : undefined}
      class="desk-beside"
      // An element of its own kind would be taken apart, with all that is in it, when the window becomes narrow.
      role={isCovering ? "main" : "complementary"}
      aria-label={isCovering ? undefined : nameOf(place)}
      tabIndex={isCovering ? -1 : undefined}
    >
      <Splitter label="Width of the panes beside" width={besideWidth} {...besideRange} side="after" />
      <PanePositionContext.Provider
        key={thingOf(place)}
        value={{ isMain: false, isAlone: isCovering, close: () => closeBeside(place) }}
      >
        <PaneContent place={place} />
      </PanePositionContext.Provider>
    </div>
  );
}

function nameOf(place: Place): string {
  return `Beside: ${place.kind}`;
}

const everywhere: readonly Shortcut[] = [
  {
    keys: "mod+k",
    label: "Find a command or a conversation",
    hidden: true,
    inText: true,
    run: () => {
      isPaletteOpen.value = true;
    },
  },
  {
    keys: "?",
    label: "Show keyboard shortcuts",
    run: () => {
      isShortcutListOpen.value = true;
    },
  },
  { keys: "n", label: "New conversation", run: () => go({ kind: "home" }) },
  { keys: "g r", label: "Go to runs", run: () => go({ kind: "runs" }) },
  { keys: "g w", label: "Go to workflows", run: () => go({ kind: "workflows" }) },
  { keys: "g e", label: "Go to extensions", run: () => go({ kind: "extensions" }) },
  {
    keys: "/",
    label: "Search conversations",
    run: () => document.getElementById("conversation-search")?.focus(),
  },
  { keys: "x", label: "Close the pane beside", run: closeLastBeside },
  closeSidebarKey,
  { keys: "alt+t", label: "Change the theme", run: nextTheme },
];

function closeLastBeside(): void {
  const last = view.value.beside.at(-1);
  if (last !== undefined) closeBeside(last);
}

function widthWithin({ min, max }: { readonly min: number; readonly max: number }) {
  return (kept: unknown): number | undefined =>
    typeof kept === "number" && kept >= min && kept <= max ? kept : undefined;
}
