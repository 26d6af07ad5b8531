import { expect, test } from "vitest";
import { type Shortcut, shortcutFor } from "./shortcuts.ts";

const run = (): void => undefined;
/** A part of a page that holds this one place. */
const partWith = (place: Node): (() => Element) => {
  const part = { contains: (other: Node | null) => other === place } as Element;
  return () => part;
};
const focusInMain = {} as Node;
const focusBeside = {} as Node;
const elsewhere = {} as Node;

test("of two panes that have the same keys the one with the focus is meant, and else the newest", () => {
  const main: Shortcut = {
    keys: "mod+.",
    label: "Stop the turn",
    run,
    within: partWith(focusInMain),
  };
  const beside: Shortcut = { ...main, within: partWith(focusBeside) };
  const all = [main, beside];
  expect(
    [focusInMain, focusBeside, elsewhere, null].map((focus) => shortcutFor("mod+.", all, focus)),
  ).toEqual([main, beside, beside, beside]);
});

test("keys that nothing is behind mean nothing", () => {
  expect(shortcutFor("q", [{ keys: "g q", label: "Go", run }], null)).toBeUndefined();
});
