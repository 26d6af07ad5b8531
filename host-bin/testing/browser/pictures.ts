// Pictures of the page, for eyes: kept in the folder `screenshots` of the repository, which is not committed.
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const folder = fileURLToPath(new URL("../../../screenshots/", import.meta.url));

export type Theme = "light" | "dark";
export const themes: readonly Theme[] = ["light", "dark"];
export const narrow = { width: 380, height: 780 } as const;

/** Taken of what is in view; `name` is the pane's. */
export async function takePicture(page: Page, name: string, theme: Theme): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  const suffix = width <= narrow.width ? `-${width}` : "";
  await page.screenshot({ path: `${folder}${name}-${theme}${suffix}.png`, animations: "disabled" });
}

/** Kept as `failed-...`; a page that cannot be drawn any more is left out. */
export async function takeFailurePicture(page: Page, name: string): Promise<void> {
  const path = `${folder}failed-${name.replace(/[^\w]+/g, "-").slice(0, 100)}.png`;
  await page.screenshot({ path, timeout: 5_000 }).catch(() => undefined);
}
