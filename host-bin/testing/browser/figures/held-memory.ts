// What the page holds of a long conversation: when it was opened, and when all of it was read back to its beginning.
import type { Page } from "playwright-core";
import { turnsOf } from "../conversation-page.ts";
import type { Web } from "../use-web.ts";
import type { Row } from "./tables.ts";

export async function measureHeld(web: Web, id: string, turnCount: number): Promise<readonly Row[]> {
  const page = await web.signIn(`/c/${id}`);
  await page
    .getByText(`Answer number ${turnCount - 1}`)
    .first()
    .waitFor();
  const opened = await held(page, "opened at its end");
  const first = page.locator('[data-turn="trn_0"]');
  const beganAtMs = performance.now();
  await page.getByRole("log").focus();
  while ((await first.count()) === 0) await page.keyboard.press("Home");
  const tookMs = performance.now() - beganAtMs;
  await page.keyboard.press("Home");
  await first.getByText("Answer number 0").waitFor();
  const read = await held(page, `read back to its beginning, in ${(tookMs / 1_000).toFixed(1)} s`);
  await web.endTest();
  return [opened, read];
}

async function held(page: Page, what: string): Promise<Row> {
  const debug = await page.context().newCDPSession(page);
  await debug.send("HeapProfiler.enable");
  await debug.send("HeapProfiler.collectGarbage");
  const { usedSize } = await debug.send("Runtime.getHeapUsage");
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  await debug.detach();
  return {
    what,
    "heap, MB": usedSize / 1_000_000,
    elements,
    turns: await turnsOf(page).count(),
  };
}
