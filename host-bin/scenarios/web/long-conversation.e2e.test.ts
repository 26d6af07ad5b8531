// A conversation of ten thousand entries: opened at its end, read backwards by page, and no heavier for it.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { say, turnOver, turnsOf } from "../../testing/browser/conversation-page.ts";
import { layDown, turnEntryCount } from "../../testing/browser/lay-down.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const turnCount = 10_000 / turnEntryCount;
let id = "";
const web = useWeb({
  prepare: async (stage) => {
    id = await layDown(stage, turnCount);
  },
});

// Some thousands are a page with its sidebar and what is near of the log; all turns would be a hundred thousand.
const elementCountMax = 12_000;

test("it is opened at its end, and what one says there is answered there", async () => {
  const page = await web.signIn(`/c/${id}`);
  await turn(page, turnCount - 1)
    .getByText(`Answer number ${turnCount - 1}`)
    .waitFor();
  expect(await isInView(page, turnCount - 1)).toBe(true);
  expect(await turnsOf(page).count()).toBeLessThan(200);
  await say(page, "And now?");
  await turnsOf(page).last().getByText("All is well.").waitFor();
  await turnOver(page);
});

test("it is read to its beginning by page, without a gap, and the page stays small", async () => {
  const page = await web.signIn(`/c/${id}`);
  await turn(page, turnCount - 1)
    .getByText(`Answer number ${turnCount - 1}`)
    .waitFor();
  await page.getByRole("log").focus();
  await expect
    .poll(
      async () => {
        await page.keyboard.press("Home");
        return turn(page, 0).count();
      },
      { timeout: 100_000, interval: 20 },
    )
    .toBe(1);
  await page.keyboard.press("Home");
  await turn(page, 0).getByText("Answer number 0").waitFor();
  const ids = await turnsOf(page).evaluateAll((turns) => turns.map((one) => one.getAttribute("data-turn")));
  expect(ids.slice(0, turnCount)).toEqual(Array.from({ length: turnCount }, (_, number) => `trn_${number}`));
  expect(await elementCount(page)).toBeLessThan(elementCountMax);
  await page.getByRole("button", { name: "Jump to the latest" }).click();
  await turnsOf(page).last().getByText("All is well.").waitFor();
  expect(await elementCount(page)).toBeLessThan(elementCountMax);
});

test("an address of an old turn leads to it", async () => {
  const page = await web.signIn(`/c/${id}/trn_1200`);
  await turn(page, 1_200).getByText("Answer number 1200").waitFor();
  await expect.poll(() => isInView(page, 1_200)).toBe(true);
  await page.getByRole("button", { name: "Jump to the latest" }).click();
  await turnsOf(page).last().getByText("All is well.").waitFor();
});

function turn(page: Page, number: number): ReturnType<Page["locator"]> {
  return page.locator(`[data-turn="trn_${number}"]`);
}

function elementCount(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll("*").length);
}

function isInView(page: Page, number: number): Promise<boolean> {
  return turn(page, number).evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
}
