// Looking at what a turn did, and at what there was: the panes beside a conversation.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import {
  conversationId,
  say,
  shownTurns,
  turnOver,
  turnsOf,
} from "../../testing/browser/conversation-page.ts";
import { pausedAnswer, words } from "../../testing/browser/paused-answer.ts";
import { useWeb } from "../../testing/browser/use-web.ts";
import { chatAnswer, chatCallAnswer } from "../../testing/chat-answers.ts";
import type { WatchedConversation } from "../../testing/watched-conversation.ts";

const web = useWeb();

test("the trace of a turn opens beside it: its steps, a body, and what changed in the prompt", async () => {
  const conversation = await withTool();
  const page = await web.signIn(`/c/${conversation.id}`);
  await turnsOf(page).getByRole("link", { name: "Trace of this turn" }).click();
  const trace = page.getByRole("complementary").filter({ has: page.getByRole("tree") });
  await trace.getByRole("treeitem", { name: /step/i }).first().waitFor();
  expect(page.url()).toMatch(/\?beside=%2Ftrace%2F/);
  const steps = trace.getByRole("treeitem", { level: 2 });
  await expect.poll(() => steps.count()).toBe(2);
  await trace.getByRole("treeitem", { name: /read_file/ }).click();
  await trace.getByRole("heading", { name: /read_file/ }).waitFor();
  await trace
    .locator("summary", { hasText: /output/i })
    .first()
    .click();
  await trace
    .getByText("no such file", { exact: false })
    .or(trace.getByText(/absent\.txt/))
    .first()
    .waitFor();
  await steps.last().click();
  await trace.locator("summary", { hasText: "What changed against the prompt of step 0" }).click();
  await trace.getByText("added").first().waitFor();
  // The whole of it is an address.
  const { href } = new URL(page.url());
  const other = await web.openTab(page, href);
  await other.locator("summary", { hasText: "What changed against the prompt of step 0" }).waitFor();
});

test("a trace grows while its turn goes on", async () => {
  const conversation = await web.begin();
  const answer = pausedAnswer(words(5), words(5, 5));
  web.model.next(answer);
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Count.");
  await turnsOf(page).getByText("w4").waitFor();
  await page.getByRole("button", { name: "Trace of the last turn" }).click();
  const tree = page.getByRole("tree");
  await tree.getByText("running").first().waitFor();
  answer.release();
  await turnOver(page);
  await tree.getByText("running").first().waitFor({ state: "detached" });
});

test("the tool calls of a turn are listed, and each leads to its span", async () => {
  const conversation = await withTool();
  const [first] = await conversation.entries();
  const page = await web.signIn(`/trace/${first?.turnId}`);
  await page.getByRole("button", { name: "Tool calls" }).click();
  await page.getByRole("region", { name: "Tool calls" }).getByRole("link", { name: "read_file" }).click();
  await page.getByRole("heading", { name: /read_file/ }).waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/trace\/[^/]+\/[^/]+$/);
  await page.getByRole("link", { name: "Go to the turn" }).click();
  expect(await conversationId(page)).toBe(conversation.id);
  await turnOver(page);
});

test("the timeline goes back to an earlier turn, and the next message goes on from there", async () => {
  const conversation = await ofThree();
  const page = await web.signIn(`/c/${conversation.id}`);
  await turnOver(page);
  await page.getByRole("button", { name: "Timeline" }).click();
  const row = turnRows(page).filter({ hasText: "The first question" });
  await row.getByRole("button", { name: "Restore" }).click();
  const question = page.getByRole("dialog", { name: "Restore this turn" });
  await question.getByRole("button", { name: "Restore" }).click();
  await question.waitFor({ state: "detached" });
  await expect.poll(() => turnRows(page).filter({ hasText: "left behind" }).count()).toBe(2);
  await say(page, "Another second question");
  await expect
    .poll(async () => (await shownTurns(page)).map(({ asked }) => asked))
    .toEqual(["The first question", "Another second question"]);
  await turnsOf(page).last().getByText("All is well.").waitFor();
});

test("the timeline forks from a turn, and the fork says where it comes from", async () => {
  const conversation = await ofThree();
  const page = await web.signIn(`/timeline/${conversation.id}`);
  await turnRows(page)
    .filter({ hasText: "The second question" })
    .getByRole("button", { name: "Fork" })
    .click();
  await page
    .getByRole("dialog", { name: "Fork from this turn" })
    .getByRole("button", { name: "Fork" })
    .click();
  const fork = await conversationId(page);
  expect(fork).not.toBe(conversation.id);
  await expect.poll(() => turnsOf(page).count()).toBe(2);
  await page.goto(`/timeline/${fork}`);
  await page.getByText("Forked from").waitFor();
  await expect.poll(() => turnRows(page).filter({ hasText: "shared" }).count()).toBe(2);
});

test("a turn of the timeline is one click away from its place in the conversation, and its address says so", async () => {
  const conversation = await ofThree();
  const page = await web.signIn(`/timeline/${conversation.id}`);
  await turnRows(page).getByRole("link", { name: "The first question" }).click();
  const turn = turnsOf(page).first();
  await turn.getByText("All is well.").waitFor();
  expect(await turn.getAttribute("aria-current")).toBe("true");
  expect(new URL(page.url()).pathname).toBe(`/c/${conversation.id}/${await turn.getAttribute("data-turn")}`);
});

async function withTool(): Promise<WatchedConversation> {
  const conversation = await web.begin();
  const call = { id: "call_1", name: "read_file", argumentsText: '{"path":"absent.txt"}' };
  web.model.next({ pieces: chatCallAnswer(call) }, { pieces: chatAnswer("It is not there.") });
  await conversation.ask("Read it.");
  return conversation;
}

async function ofThree(): Promise<WatchedConversation> {
  const conversation = await web.begin();
  for (const which of ["first", "second", "third"]) await conversation.ask(`The ${which} question`);
  return conversation;
}

function turnRows(page: Page): ReturnType<Page["getByRole"]> {
  return page.getByRole("list", { name: "Turns, the newest first" }).getByRole("listitem");
}
