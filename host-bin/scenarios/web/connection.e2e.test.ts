// What the page does while its daemon is away, and that it comes back by itself.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { expectShown, say, turnOver, turnsOf } from "../../testing/browser/conversation-page.ts";
import { pausedAnswer, words } from "../../testing/browser/paused-answer.ts";
import { narrow } from "../../testing/browser/pictures.ts";
import { useWeb } from "../../testing/browser/use-web.ts";
import { chatEnd, chatText } from "../../testing/chat-answers.ts";

const web = useWeb();

test("a daemon that dies is told of, and the page comes back by itself with what it missed", async () => {
  const before = await web.begin({ title: "From before" });
  const page = await web.signIn("/runs");
  await page.getByRole("link", { name: "From before" }).waitFor();
  await web.kill();
  await page.getByText("The daemon does not answer").waitFor();
  await page
    .getByRole("status")
    .getByText("The connection to the daemon was lost")
    .waitFor({ state: "attached" });
  await web.startAgain();
  const meanwhile = await web.begin({ title: "From meanwhile" });
  expect(meanwhile.id).not.toBe(before.id);
  await page.getByText("The daemon does not answer").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "From meanwhile" }).waitFor();
  await page.getByRole("link", { name: "From before" }).waitFor();
});

test("a narrow page says that the daemon is away, also where one pane covers another", async () => {
  const page = await web.signIn("/workflows?beside=%2Fruns", { url: web.line.url, viewport: narrow });
  await page.getByRole("heading", { name: "Runs" }).waitFor();
  web.guard.expect(/ERR_|WebSocket/);
  web.line.pullOut();
  await page.getByText("The daemon does not answer").click({ trial: true });
  web.line.putBack();
  await page.getByText("The daemon does not answer").waitFor({ state: "detached" });
});

test("who does not want to wait for the next try asks for it", async () => {
  const page = await web.openPage();
  await page.clock.install();
  await page.goto(`/runs#token=${web.daemon.token}`);
  await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  await web.kill();
  await page.getByRole("button", { name: "Try now" }).waitFor();
  // From now on no time passes in the page: it tries nothing by itself.
  await page.clock.pauseAt(Date.now() + 60_000);
  await web.startAgain();
  await page.getByRole("button", { name: "Try now" }).click();
  await page.getByText("The daemon does not answer").waitFor({ state: "detached" });
});

test("a page that is loaded while the daemon is away is shown again when it is back, still signed in", async () => {
  const page = await web.signIn("/workflows");
  await web.kill();
  await page.reload().catch(() => undefined);
  await web.startAgain();
  await page.goto("/workflows");
  await page.getByRole("heading", { name: "Workflows", level: 1 }).waitFor();
});

test("a page that is reloaded in the middle of an answer has lost nothing and doubled nothing", async () => {
  const conversation = await web.begin();
  const answer = pausedAnswer(words(50), words(50, 50), words(50, 100), words(50, 150));
  web.model.next(answer);
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Count.");
  for (const last of ["w49", "w99", "w149"]) {
    await turnsOf(page).getByText(last).waitFor();
    await page.reload();
    await turnsOf(page).getByText(last).waitFor();
    expect(await answerIn(page)).toBe(words(Number(last.slice(1)) + 1).join(" "));
    answer.release();
  }
  await turnOver(page);
  await expectShown(page, conversation);
  expect(await answerIn(page)).toBe(words(200).join(" "));
});

test("a page that is reloaded again and again while an answer streams in shows in the end what the log says", async () => {
  const conversation = await web.begin();
  const isOver = Promise.withResolvers<void>();
  const paced = words(400).flatMap((word) => [chatText(`${word} `), () => nextMoment()]);
  web.model.next({ pieces: [...paced, () => isOver.promise, chatEnd()] });
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Count.");
  for (let reloads = 0; reloads < 4; reloads += 1) {
    await turnsOf(page).locator(".turn-answer").waitFor();
    await page.reload();
  }
  await turnsOf(page).getByText("w399").waitFor();
  expect(await answerIn(page)).toBe(words(400).join(" "));
  isOver.resolve();
  await turnOver(page);
  await expectShown(page, conversation);
});

test("what was said while the line was out is there when it is back, each word once", async () => {
  const { line } = web;
  const conversation = await web.begin();
  const answer = pausedAnswer(words(30), words(30, 30), words(30, 60));
  web.model.next(answer);
  const page = await web.signIn(`/c/${conversation.id}`, { url: line.url });
  await say(page, "Count.");
  await turnsOf(page).getByText("w29").waitFor();
  web.guard.expect(/ERR_|WebSocket/);
  line.pullOut();
  await page.getByText("The daemon does not answer").waitFor();
  answer.release();
  line.putBack();
  await turnsOf(page).getByText("w59").waitFor();
  await page.getByText("The daemon does not answer").waitFor({ state: "detached" });
  expect(await answerIn(page)).toBe(words(60).join(" "));
  line.pullOut();
  answer.release();
  await conversation.idle();
  line.putBack();
  await turnOver(page);
  await expectShown(page, conversation);
});

test("a message that is sent while the line is out is not lost, and is sent once", async () => {
  const { line } = web;
  const conversation = await web.begin();
  const page = await web.signIn(`/c/${conversation.id}`, { url: line.url });
  await page.getByText("No messages yet").waitFor();
  web.guard.expect(/ERR_|WebSocket/);
  line.pullOut();
  await page.getByText("The daemon does not answer").waitFor();
  await say(page, "Is anybody there?");
  line.putBack();
  await page.getByText("The daemon does not answer").waitFor({ state: "detached" });
  await turnsOf(page).getByText("All is well.").waitFor();
  await turnOver(page);
  await expectShown(page, conversation);
  expect(await turnsOf(page).count()).toBe(1);
});

test("a daemon that is killed in the middle of an answer goes on with it, and the page shows how it went", async () => {
  const conversation = await web.begin();
  web.model.next(pausedAnswer(words(40), ["never"]));
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Count.");
  await turnsOf(page).getByText("w39").waitFor();
  await web.kill();
  await page.getByText("The daemon does not answer").waitFor();
  await web.startAgain();
  conversation.moveTo(web.daemon);
  await page.getByText("The daemon does not answer").waitFor({ state: "detached" });
  await turnsOf(page).getByText("All is well.").waitFor();
  await turnOver(page);
  await expectShown(page, conversation);
  await say(page, "And now?");
  await expect.poll(() => turnsOf(page).count()).toBe(2);
  await turnsOf(page).last().getByText("All is well.").waitFor();
  await turnOver(page);
  await expectShown(page, conversation);
});

test("a daemon that is asked to stop lets the answer end, and the page has it all when the next one is there", async () => {
  const conversation = await web.begin();
  const answer = pausedAnswer(words(20), words(20, 20));
  web.model.next(answer);
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Count.");
  await turnsOf(page).getByText("w19").waitFor();
  const { ended } = await web.stop();
  answer.release();
  await ended;
  await page.getByText("The daemon does not answer").waitFor();
  await web.startAgain();
  conversation.moveTo(web.daemon);
  await turnOver(page);
  await expectShown(page, conversation);
  expect(await answerIn(page)).toBe(words(40).join(" "));
});

async function answerIn(page: Page): Promise<string> {
  const text = (await turnsOf(page).last().locator(".turn-answer").textContent()) ?? "";
  return text.replace(/\s+/g, " ").trim();
}

/** So that what is written before and after it comes in two pieces. */
function nextMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}
