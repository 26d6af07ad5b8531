// Dark, light, or as the system has it.
import { effect, type Signal } from "@preact/signals";
import { remembered } from "../state/remembered.ts";

export type Theme = "system" | "light" | "dark";
const themes: readonly Theme[] = ["system", "light", "dark"];

export const theme: Signal<Theme> = remembered<Theme>("theme", "system", (kept) =>
  themes.find((name) => name === kept),
);

/** Keeps the document as it was chosen. Called once, before anything is shown. */
export function applyTheme(): void {
  effect(() => {
    const { dataset } = document.documentElement;
    if (theme.value === "system") delete dataset.theme;
    else dataset.theme = theme.value;
  });
}

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? "system";
}
