// From the sign-in to the answer without a mouse.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { conversationId, turnsOf } from "../../testing/browser/conversation-page.ts";
import { pausedAnswer, words } from "../../testing/browser/paused-answer.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb();

test("who has a keyboard alone signs in, asks, stops, opens the trace and comes back", async () => {
  web.guard.expect(/401 \(Unauthorized\)/);
  web.model.next(pausedAnswer(words(10), ["never"]));
  const page = await web.openPage();
  await page.goto("/");
  await page.getByLabel("Token").waitFor();
  await tabTo(page, "Token");
  await page.keyboard.type(web.daemon.token);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "New conversation", level: 1 }).waitFor();
  await tabTo(page, "Message");
  await page.keyboard.type("Count, please.");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("And do not stop.");
  await page.keyboard.press("Enter");
  await conversationId(page);
  await turnsOf(page).getByText("w9").waitFor();
  await page.keyboard.press("ControlOrMeta+.");
  await turnsOf(page).getByText("Stopped.").waitFor();
  await tabTo(page, "Trace of the last turn", { back: true });
  await page.keyboard.press("Enter");
  const tree = page.getByRole("tree");
  await tree.getByRole("treeitem").first().waitFor();
  await tabTo(page, "Spans of the turn");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Close these details" }).waitFor();
  await tabTo(page, "Close Trace", { back: true });
  await page.keyboard.press("Enter");
  await tree.waitFor({ state: "detached" });
  await page.keyboard.press("c");
  await expect.poll(() => focusedName(page)).toBe("Message");
  await page.keyboard.type("And now?");
  await page.keyboard.press("Enter");
  await turnsOf(page).getByText("All is well.").waitFor();
  await page.keyboard.press("Tab");
  await expect.poll(() => isFocusSeen(page)).toBe(true);
});

test("what is focused is always seen, and Tab leads through the whole page and out of it", async () => {
  const page = await web.signIn("/workflows");
  await page.getByRole("link", { name: "plan-verify" }).waitFor();
  const names: string[] = [];
  for (let presses = 0; presses < 60 && !(await isAtEnd(page, names)); presses += 1) {
    await page.keyboard.press("Tab");
    const name = await focusedName(page);
    names.push(name);
    if (name !== "") expect(await isFocusSeen(page), name).toBe(true);
  }
  expect(names).toContain("New conversation");
  expect(names).toContain("plan-verify");
  expect(names.at(-1)).toBe("");
});

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: string, { back = false } = {}): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 80; presses += 1) {
    const focused = await focusedName(page);
    if (focused === name) return;
    passed.push(focused);
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
  }
  throw new Error(`Tab leads to no ${name}: ${passed.join(", ")}`);
}

/** What the element is called that has the focus; empty where none has. */
function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return "";
    const labels = (element as HTMLInputElement).labels ?? [];
    const name = element.getAttribute("aria-label") ?? labels[0]?.firstChild?.textContent;
    return (name ?? element.textContent ?? "").trim();
  });
}

function isFocusSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  });
}

async function isAtEnd(page: Page, names: readonly string[]): Promise<boolean> {
  return names.length > 0 && (await focusedName(page)) === "";
}
