// Places and their addresses, and how one gets from one to another: by links, by the browser's buttons, by keys alone.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { narrow } from "../../testing/browser/pictures.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb({ config: { model: "scripted/demo" } });

test("links have addresses, and the buttons of the browser lead back and forth", async () => {
  const page = await web.signIn();
  await placesOf(page).getByRole("link", { name: "Runs" }).click();
  await expectAt(page, "/runs", "Runs");
  await placesOf(page).getByRole("link", { name: "Workflows" }).click();
  await expectAt(page, "/workflows", "Workflows");
  await page.goBack();
  await expectAt(page, "/runs", "Runs");
  await page.goForward();
  await expectAt(page, "/workflows", "Workflows");
  expect(await page.title()).toBe("Workflows · Lathe");
});

test("a link that is opened in another tab shows its place there, signed in", async () => {
  const page = await web.signIn();
  const [tab] = await Promise.all([
    page.context().waitForEvent("page"),
    placesOf(page)
      .getByRole("link", { name: "Runs" })
      .click({ modifiers: ["ControlOrMeta"] }),
  ]);
  await expectAt(tab, "/runs", "Runs");
  expect(new URL(page.url()).pathname).toBe("/");
});

test("two places stand side by side under one address, in the order of the address, and are closed one by one", async () => {
  const page = await web.signIn("/workflows?beside=%2Fruns");
  await expectAt(page, "/workflows", "Workflows");
  const beside = page.getByRole("complementary");
  await beside.getByRole("heading", { name: "Runs", level: 2 }).waitFor();
  await page.reload();
  await beside.getByRole("heading", { name: "Runs", level: 2 }).waitFor();
  await beside.getByRole("button", { name: "Close Runs" }).click();
  await beside.waitFor({ state: "detached" });
  expect(page.url()).toBe(`${web.daemon.url}/workflows`);
  await page.goBack();
  await beside.getByRole("heading", { name: "Runs", level: 2 }).waitFor();
  await page.keyboard.press("x");
  await beside.waitFor({ state: "detached" });
});

test("an address that is nobody's says so, and leads on", async () => {
  const page = await web.signIn("/nowhere/at/all");
  await page.getByRole("heading", { name: "Nothing here", level: 1 }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Begin a conversation" }).click();
  await expect.poll(() => new URL(page.url()).pathname).toBe("/");
});

test("keys lead to every place, and ? lists them", async () => {
  const page = await web.signIn("/runs");
  await expectAt(page, "/runs", "Runs");
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await expectAt(page, "/workflows", "Workflows");
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await list.getByText("Go to runs").waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/");
});

test("the palette finds commands by their words, is led by the arrow keys, and gives the focus back", async () => {
  const page = await web.signIn("/workflows");
  const link = placesOf(page).getByRole("link", { name: "Runs" });
  await link.focus();
  await page.keyboard.press("ControlOrMeta+k");
  const field = page.getByRole("combobox", { name: "Find a command or a conversation" });
  await field.waitFor();
  await expect.poll(() => isFocused(field)).toBe(true);
  await page.keyboard.type("go to");
  await expect.poll(() => page.getByRole("option").count()).toBe(3);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  await expect.poll(() => isFocused(link)).toBe(true);
  await page.keyboard.press("ControlOrMeta+k");
  await field.waitFor();
  await page.keyboard.type("runs");
  await page.keyboard.press("Enter");
  await expectAt(page, "/runs", "Runs");
});

test("the line between two panes moves by keys and by dragging, and stays there after a reload", async () => {
  const page = await web.signIn("/workflows?beside=%2Fruns");
  const line = page.getByRole("separator", { name: "Width of the panes beside" });
  await line.focus();
  const began = Number(await line.getAttribute("aria-valuenow"));
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => line.getAttribute("aria-valuenow")).toBe(`${began + 24}`);
  const box = await boxOf(line);
  await page.mouse.move(box.x + box.width / 2, 300);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 100, 300, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => line.getAttribute("aria-valuenow")).toBe(`${began + 24 - 100}`);
  const width = (await boxOf(page.getByRole("complementary"))).width;
  await page.reload();
  await expect.poll(() => line.getAttribute("aria-valuenow")).toBe(`${began + 24 - 100}`);
  expect((await boxOf(page.getByRole("complementary"))).width).toBe(width);
});

test("two panes beside leave room for the main one, and where there is none the newest stays", async () => {
  const page = await web.signIn("/?beside=%2Fruns&beside=%2Fworkflows");
  const beside = page.getByRole("complementary");
  await expect.poll(() => beside.count()).toBe(2);
  expect((await boxOf(page.getByRole("main"))).width).toBeGreaterThanOrEqual(350);
  expect((await boxOf(beside.first())).width).toBeGreaterThanOrEqual(280);
  await page.setViewportSize({ width: 1_000, height: 800 });
  await beside.filter({ has: page.getByRole("heading", { name: "Runs" }) }).waitFor({ state: "detached" });
  await page.getByRole("heading", { name: "Workflows", level: 2 }).waitFor();
  expect((await boxOf(page.getByRole("main"))).width).toBeGreaterThanOrEqual(350);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1_000);
});

test("what covers every other pane is the main one, also to those who do not see it, and gives this back", async () => {
  const page = await web.signIn("/runs?beside=%2Fworkflows", { viewport: narrow });
  const main = page.getByRole("main");
  await main.getByRole("heading", { name: "Workflows", level: 1 }).waitFor();
  expect(await main.count()).toBe(1);
  await page.getByRole("link", { name: "Skip to the content" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => isFocused(main)).toBe(true);
  await page.setViewportSize({ width: 1_360, height: 860 });
  await main.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  await page.getByRole("complementary").getByRole("heading", { name: "Workflows", level: 2 }).waitFor();
});

test("whoever comes to write can type at once, and Escape makes keys of the letters again", async () => {
  const page = await web.signIn("/runs");
  await expectAt(page, "/runs", "Runs");
  await page.keyboard.press("n");
  const message = page.getByRole("textbox", { name: "Message" });
  await expect.poll(() => isFocused(message)).toBe(true);
  await page.keyboard.type("g");
  expect(await message.inputValue()).toBe("g");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
});

test("who comes by keys alone can skip what every place begins with", async () => {
  const page = await web.signIn("/workflows");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  expect(await isFocused(skip)).toBe(true);
  await page.keyboard.press("Enter");
  await expect.poll(() => isFocused(page.getByRole("main"))).toBe(true);
});

test("at 380 pixels the places are behind a button, and nothing is wider than the window", async () => {
  const page = await web.signIn("/runs", { viewport: narrow });
  await expectAt(page, "/runs", "Runs");
  const button = page.getByRole("button", { name: "Places and conversations" });
  await button.click();
  await placesOf(page).waitFor();
  await page.keyboard.press("Escape");
  await placesOf(page).waitFor({ state: "hidden" });
  expect(await isFocused(button)).toBe(true);
  await button.click();
  await placesOf(page).waitFor();
  await page.mouse.click(narrow.width - 10, 300);
  await placesOf(page).waitFor({ state: "hidden" });
  await button.click();
  await placesOf(page).getByRole("link", { name: "Workflows" }).click();
  await expectAt(page, "/workflows", "Workflows");
  await placesOf(page).waitFor({ state: "hidden" });
  expect(await button.getAttribute("aria-expanded")).toBe("false");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(narrow.width);
});

test("the theme follows the system until one is chosen, which stays", async () => {
  const page = await web.signIn("/runs", { colorScheme: "dark" });
  const background = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(background).not.toBe(dark);
  const light = await background();
  await page.keyboard.press("Alt+t");
  await page.keyboard.press("Alt+t");
  await expect.poll(background).toBe(dark);
  await page.reload();
  await expectAt(page, "/runs", "Runs");
  expect(await background()).toBe(dark);
  await page.keyboard.press("Alt+t");
  await expect.poll(background).toBe(light);
});

async function expectAt(page: Page, path: string, heading: string): Promise<void> {
  await page.getByRole("main").getByRole("heading", { name: heading, level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe(path);
}

type Located = ReturnType<Page["getByRole"]>;

function placesOf(page: Page): Located {
  return page.getByRole("navigation", { name: "Places" });
}

function isFocused(located: Located): Promise<boolean> {
  return located.evaluate((element) => element === document.activeElement);
}

async function boxOf(located: Located): Promise<{ x: number; width: number }> {
  const box = await located.boundingBox();
  if (box === null) throw new Error("It is not shown.");
  return box;
}
