// What is said of extensions, and in which order they are shown.
import type { ExtensionState } from "@lathe/kernel";
import { counted } from "../kit/amounts.ts";
import type { Tone } from "../kit/badge.tsx";

type Kind = ExtensionState["kind"];

export const kindWords: Readonly<Record<Kind, string>> = {
  active: "Active",
  missing: "Something is missing",
  failed: "Failed",
  refused: "Refused",
  disabled: "Switched off",
};

export const kindTones: Readonly<Record<Kind, Tone>> = {
  active: "success",
  missing: "warning",
  failed: "danger",
  refused: "danger",
  disabled: "neutral",
};

const troubleOrder: readonly Kind[] = ["failed", "refused", "missing", "disabled", "active"];

/** Those first that somebody has to look after; of a kind by their ids. */
export function inOrderOfTrouble(items: readonly ExtensionState[]): readonly ExtensionState[] {
  return items.toSorted(
    (one, other) =>
      troubleOrder.indexOf(one.kind) - troubleOrder.indexOf(other.kind) || one.id.localeCompare(other.id),
  );
}

/** `22 extensions, all active`, `22 extensions, 2 of them not active`. */
export function sumOf(items: readonly ExtensionState[]): string {
  const idle = items.filter(({ kind }) => kind !== "active").length;
  const rest = idle === 0 ? "all active" : `${idle} of them not active`;
  return `${counted(items.length, "extension")}, ${rest}`;
}

export interface Belonging {
  readonly what: string;
  readonly names: readonly string[];
}

/** What it needs, offers, contributes and is permitted; what is empty is left out. */
export function belongings(state: ExtensionState): readonly Belonging[] {
  const contributed = Object.entries(state.contributes).map(([point, names]) => ({
    what: `Contributes ${point}`,
    names,
  }));
  const rows: readonly Belonging[] = [
    { what: "Needs", names: state.needs },
    { what: "Offers", names: state.offers },
    ...contributed,
    { what: "Permissions", names: state.permissions },
  ];
  return rows.filter(({ names }) => names.length > 0);
}
