// The list of conversations: searched, renamed, deleted, and the same in every tab.
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

function linkTo(page: Page, title: string): ReturnType<Page["getByRole"]> {
  return page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: title });
}
