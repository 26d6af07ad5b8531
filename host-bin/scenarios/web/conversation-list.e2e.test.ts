// The list of conversations: in order, searched, renamed, deleted, and the same in every tab.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { say, turnOver, turnsOf } from "../../testing/browser/conversation-page.ts";
import { pausedAnswer, words } from "../../testing/browser/paused-answer.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb();

test("a search finds conversations by their titles, also those that are not listed yet", async () => {
  for (let count = 0; count < 60; count += 1) await web.begin({ title: `Plain ${count}` });
  const oldest = await web.begin({ title: "A needle of old" });
  for (let count = 60; count < 130; count += 1) await web.begin({ title: `Plain ${count}` });
  const page = await web.signIn("/runs");
  await linkTo(page, "Plain 129").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("needle");
  await linkTo(page, "A needle of old").click();
  await page.waitForURL(new RegExp(oldest.id));
  await linkTo(page, "Plain 129").waitFor({ state: "detached" });
  await page.getByRole("searchbox").or(page.getByPlaceholder("Search conversations")).first().fill("");
  await linkTo(page, "Plain 129").waitFor();
});

test("a conversation is renamed, and is called so in every tab", async () => {
  const { id } = await web.begin({ title: "Before" });
  const page = await web.signIn(`/c/${id}`);
  const other = await web.openTab(page, "/runs");
  // A tab that is behind draws once a second, and every click waits for that.
  await page.bringToFront();
  await page.getByRole("button", { name: "Actions for Before" }).click();
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Behind");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Behind", level: 1 }).waitFor();
  await linkTo(other, "Behind").waitFor();
  await linkTo(other, "Before").waitFor({ state: "detached" });
});

test("a conversation is deleted when one has said so twice, and is gone in every tab", async () => {
  const { id } = await web.begin({ title: "Short-lived" });
  const page = await web.signIn(`/c/${id}`);
  const other = await web.openTab(page, `/c/${id}`);
  // A tab that is behind draws once a second, and every click waits for that.
  await page.bringToFront();
  await page.getByRole("button", { name: "Actions for Short-lived" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("dialog", { name: "Delete the conversation" });
  await question.getByRole("button", { name: "Keep it" }).click();
  await linkTo(page, "Short-lived").waitFor();
  await page.getByRole("button", { name: "Actions for Short-lived" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await question.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "New conversation", level: 1 }).waitFor();
  for (const tab of [page, other]) await linkTo(tab, "Short-lived").waitFor({ state: "detached" });
  await page.goto(`/c/${id}`);
  await page.getByText("This conversation cannot be followed").waitFor();
});

test("a conversation whose turn goes on is marked in the list until it is over", async () => {
  const conversation = await web.begin({ title: "At work" });
  const answer = pausedAnswer(words(3), words(3, 3));
  web.model.next(answer);
  const page = await web.signIn("/runs");
  const turn = conversation.send("Count.");
  const item = page
    .getByRole("navigation", { name: "Conversations" })
    .getByRole("listitem")
    .filter({ hasText: "At work" });
  await item.getByText("Running").waitFor();
  answer.release();
  await turn.ended;
  await item.getByText("Running").waitFor({ state: "detached" });
});

test("another model answers from the moment on at which it is chosen", async () => {
  const conversation = await web.begin({ model: "openai/test" });
  await conversation.ask("Who are you?");
  const page = await web.signIn(`/c/${conversation.id}`);
  await turnOver(page);
  await page.getByRole("combobox", { name: "Model of the next messages" }).selectOption("scripted/demo");
  await expect.poll(async () => (await conversation.head()).model).toBe("scripted/demo");
  await say(page, "And now?");
  await expect.poll(() => turnsOf(page).count()).toBe(2);
  await turnOver(page);
  await turnsOf(page).last().getByText("scripted/demo").waitFor();
});

test("the conversation with the newest message is the first, in every tab, and after a reload", async () => {
  const [first, second] = [await web.begin({ title: "Order one" }), await web.begin({ title: "Order two" })];
  const page = await web.signIn("/runs");
  const other = await web.openTab(page, "/runs");
  for (const tab of [page, other]) await shows(tab, "Order", ["Order two", "Order one"]);
  await first.ask("Hello.");
  for (const tab of [page, other]) await shows(tab, "Order", ["Order one", "Order two"]);
  await second.ask("Hello.");
  for (const tab of [page, other]) await shows(tab, "Order", ["Order two", "Order one"]);
  await first.ask("And again.");
  await other.reload();
  for (const tab of [page, other]) await shows(tab, "Order", ["Order one", "Order two"]);
});

test("what is pointed at stays where it is, and the list is in order when the pointer has left", async () => {
  const [lower] = [await web.begin({ title: "Still one" }), await web.begin({ title: "Still two" })];
  const page = await web.signIn("/runs");
  await shows(page, "Still", ["Still two", "Still one"]);
  await linkTo(page, "Still two").hover();
  const answer = pausedAnswer(words(3), words(3, 3));
  web.model.next(answer);
  const turn = lower.send("Count.");
  // It has arrived in the page.
  await itemOf(page, "Still one").getByText("Running").waitFor();
  expect(await titles(page, "Still")).toEqual(["Still two", "Still one"]);
  answer.release();
  await turn.ended;
  await itemOf(page, "Still one").getByText("Running").waitFor({ state: "detached" });
  expect(await titles(page, "Still")).toEqual(["Still two", "Still one"]);
  await page.getByRole("heading", { level: 1 }).first().hover();
  await shows(page, "Still", ["Still one", "Still two"]);
});

test("a dialog of the list stays open while its conversation moves", async () => {
  const [lower] = [await web.begin({ title: "Asked one" }), await web.begin({ title: "Asked two" })];
  const page = await web.signIn("/runs");
  await page.getByRole("button", { name: "Actions for Asked one" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Rename" }).press("Enter");
  const field = page.getByRole("textbox", { name: "Title" });
  const answer = pausedAnswer(words(3), words(3, 3));
  web.model.next(answer);
  const turn = lower.send("Count.");
  await itemOf(page, "Asked one").getByText("Running").waitFor();
  expect(await titles(page, "Asked")).toEqual(["Asked two", "Asked one"]);
  await field.fill("Asked again");
  await field.press("Enter");
  await linkTo(page, "Asked again").waitFor();
  answer.release();
  await turn.ended;
  await page.getByRole("link", { name: "Runs" }).first().focus();
  await shows(page, "Asked", ["Asked again", "Asked two"]);
});

test("what has the focus of the keys stays where it is, until that is somewhere else", async () => {
  const [lower] = [await web.begin({ title: "Keys one" }), await web.begin({ title: "Keys two" })];
  const page = await web.signIn("/runs");
  await linkTo(page, "Keys two").focus();
  await page.keyboard.press("Tab");
  const answer = pausedAnswer(words(3), words(3, 3));
  web.model.next(answer);
  const turn = lower.send("Count.");
  await itemOf(page, "Keys one").getByText("Running").waitFor();
  expect(await titles(page, "Keys")).toEqual(["Keys two", "Keys one"]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(lower.id));
  await page.getByRole("textbox", { name: "Message" }).focus();
  await shows(page, "Keys", ["Keys one", "Keys two"]);
  answer.release();
  await turn.ended;
});

test("a row that moves keeps the focus that a click has left in it, also where the browser would lose it", async () => {
  const lower = await web.begin({ title: "Moved one" });
  const others = ["Moved five", "Moved four", "Moved three", "Moved two"];
  for (const title of others.toReversed()) await web.begin({ title });
  const page = await web.openPage();
  await page.addInitScript(() => {
    Reflect.deleteProperty(Element.prototype, "moveBefore");
  });
  await page.goto(`/runs#token=${web.daemon.token}`);
  await linkTo(page, "Moved one").click();
  await page.waitForURL(new RegExp(lower.id));
  await page.getByRole("heading", { level: 1 }).first().hover();
  await lower.ask("Hello.");
  await shows(page, "Moved", ["Moved one", ...others]);
  expect(await page.evaluate(() => document.activeElement?.closest("a")?.textContent)).toContain("Moved one");
});

test("a fork is called so that it is told from what it was made of", async () => {
  const origin = await web.begin({ title: "Forked thing" });
  await origin.ask("Hello.");
  const page = await web.signIn(`/c/${origin.id}`);
  await turnOver(page);
  await page.getByRole("button", { name: /^Fork/ }).first().click();
  await page.getByRole("heading", { name: "Fork: Forked thing", level: 1 }).waitFor();
  await shows(page, "Forked thing", ["Fork: Forked thing", "Forked thing"]);
});

function itemOf(page: Page, title: string): ReturnType<Page["getByRole"]> {
  return page
    .getByRole("navigation", { name: "Conversations" })
    .getByRole("listitem")
    .filter({ hasText: title });
}

/** Of the conversations whose titles have this in them, from the top. */
async function titles(page: Page, having: string): Promise<readonly string[]> {
  const all = await page
    .getByRole("navigation", { name: "Conversations" })
    .locator(".conversations-title")
    .allTextContents();
  return all.filter((title) => title.includes(having));
}

async function shows(page: Page, having: string, expected: readonly string[]): Promise<void> {
  await expect.poll(() => titles(page, having)).toEqual(expected);
}

function linkTo(page: Page, title: string): ReturnType<Page["getByRole"]> {
  return page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: title });
}
