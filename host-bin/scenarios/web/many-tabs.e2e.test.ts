// Several tabs of one browser, and several browsers, at the same conversation.
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import {
  conversationId,
  expectShown,
  say,
  turnOver,
  turnsOf,
} from "../../testing/browser/conversation-page.ts";
import { pausedAnswer, words } from "../../testing/browser/paused-answer.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb();

test("two tabs at one conversation show the same, whichever of them one writes in", async () => {
  const conversation = await web.begin();
  const page = await web.signIn(`/c/${conversation.id}`);
  const other = await web.openTab(page, `/c/${conversation.id}`);
  const answer = pausedAnswer(words(20), words(20, 20));
  web.model.next(answer);
  await say(page, "Count.");
  for (const tab of [page, other]) await turnsOf(tab).getByText("w19").waitFor();
  // Who did not send may stop it all the same.
  await other.getByRole("button", { name: "Stop" }).waitFor();
  answer.release();
  for (const tab of [page, other]) await turnOver(tab);
  await say(other, "And now?");
  for (const tab of [page, other]) {
    await expect.poll(() => turnsOf(tab).count()).toBe(2);
    await turnOver(tab);
    await expectShown(tab, conversation);
  }
});

test("a conversation that is begun in one browser is listed in another at once, by its first words", async () => {
  const page = await web.signIn();
  const other = await web.signIn("/runs");
  await say(page, "Is the list live?");
  const id = await conversationId(page);
  const link = other
    .getByRole("navigation", { name: "Conversations" })
    .getByRole("link", { name: "Is the list live?" });
  await link.click();
  expect(await conversationId(other)).toBe(id);
  await turnOver(other);
});

test("C17s seven tabs at once are all live, with one connection each and none that waits for another", async () => {
  const conversation = await web.begin();
  const first = await web.signIn(`/c/${conversation.id}`);
  const tabs = [first];
  while (tabs.length < 7) tabs.push(await web.openTab(first, `/c/${conversation.id}`));
  const answer = pausedAnswer(words(20), words(20, 20));
  web.model.next(answer);
  await say(first, "Count.");
  for (const tab of tabs) await turnsOf(tab).getByText("w19").waitFor();
  answer.release();
  for (const tab of tabs) {
    await turnOver(tab);
    await expectShown(tab, conversation);
  }
  const last = tabs.at(-1);
  if (last === undefined) throw new Error("There is no tab.");
  // A call of the seventh is answered as well.
  await say(last, "And now?");
  for (const tab of tabs) await expect.poll(() => turnsOf(tab).count()).toBe(2);
});
