// What one does in a conversation: ask, watch, stop, take another course.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import {
  conversationId,
  expectShown,
  say,
  shownTurns,
  turnOver,
  turnsOf,
} from "../../testing/browser/conversation-page.ts";
import { pausedAnswer, words } from "../../testing/browser/paused-answer.ts";
import { useWeb } from "../../testing/browser/use-web.ts";
import { chatAnswer, chatCallAnswer } from "../../testing/chat-answers.ts";

const web = useWeb();

test("a first message begins a conversation, and the demo model's tools are shown with what went in and came out", async () => {
  await writeFile(join(web.stage.workFolder, "small.txt"), "x");
  await writeFile(join(web.stage.workFolder, "huge.txt"), "x".repeat(4_000));
  const page = await web.signIn();
  await page.getByLabel("Folder").fill(web.stage.workFolder);
  await page.getByRole("combobox", { name: "Model" }).selectOption("scripted/demo");
  await say(page, "list the files in this folder and tell me which is the largest");
  await conversationId(page);
  await turnOver(page);
  const turn = turnsOf(page).last();
  expect(await turn.locator(".turn-answer").last().textContent()).toMatch(/huge\.txt/);
  const call = turn.getByRole("list", { name: "Tool calls" }).getByRole("listitem").first();
  await call.getByText("Done").waitFor();
  await call.getByText("list_files").click();
  await call.getByRole("region", { name: "Output" }).getByText("huge.txt").waitFor();
  await call.getByRole("region", { name: "Input" }).waitFor();
});

test("an answer is shown while it is written, and is in the end what the log says", async () => {
  const conversation = await web.begin();
  const answer = pausedAnswer(words(40), words(40, 40), words(40, 80));
  web.model.next(answer);
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Count.");
  await turnsOf(page).getByText("w39").waitFor();
  answer.release();
  await turnsOf(page).getByText("w79").waitFor();
  await page.getByRole("button", { name: "Stop" }).waitFor();
  answer.release();
  await turnOver(page);
  await page.getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
  await expectShown(page, conversation);
  await page.getByRole("status").getByText("Answer complete").waitFor({ state: "attached" });
});

test("an answer of 20,000 deltas is shown whole, and each word once", async () => {
  const conversation = await web.begin();
  web.model.next(pausedAnswer(words(20_000)));
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Count.");
  await turnOver(page);
  await expectShown(page, conversation);
  const [shown] = await shownTurns(page);
  expect(shown?.answered === words(20_000).join(" ")).toBe(true);
});

test("who listens to the page is told of milestones, and nothing of what streams by", async () => {
  const conversation = await web.begin();
  const answer = pausedAnswer(words(30), words(30, 30), words(30, 60));
  web.model.next(answer);
  const page = await web.signIn(`/c/${conversation.id}`);
  await page.getByText("No messages yet").waitFor();
  const said = await page.evaluateHandle(() => {
    const texts: string[] = [];
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = target.parentElement?.closest("[aria-live=polite], [role=status], [role=alert]");
        if (region != null) texts.push(region.textContent ?? "");
      }
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    return texts;
  });
  await say(page, "Count.");
  for (const last of ["w29", "w59"]) {
    await turnsOf(page).getByText(last).waitFor();
    answer.release();
  }
  await turnOver(page);
  await page.getByRole("status").getByText("Answer complete").waitFor({ state: "attached" });
  const texts = await said.jsonValue();
  expect(texts).toContain("Answer complete");
  expect(texts.filter((text) => /w\d/.test(text))).toEqual([]);
  expect(texts.length).toBeLessThan(6);
});

test("a turn that is stopped says that it is stopping, then that it has stopped, and keeps what was written", async () => {
  const conversation = await web.begin();
  web.model.next(pausedAnswer(words(12), ["never"]));
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Count.");
  await turnsOf(page).getByText("w11").waitFor();
  const said = page.evaluateHandle(() => {
    const texts: string[] = [];
    const note = (): void => {
      for (const button of document.querySelectorAll("button")) texts.push(button.textContent ?? "");
    };
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    return texts;
  });
  const texts = await said;
  await page.getByRole("button", { name: "Stop" }).click();
  await turnsOf(page).last().getByText("Stopped.").waitFor();
  expect(await texts.jsonValue()).toContain("Stopping");
  await page.getByRole("button", { name: /^Stop/ }).waitFor({ state: "detached" });
  await expectShown(page, conversation);
  expect(await turnsOf(page).last().locator(".turn-answer").textContent()).toContain("w11");
  await say(page, "Go on.");
  await expect.poll(() => turnsOf(page).count()).toBe(2);
  await turnsOf(page).last().getByText("All is well.").waitFor();
});

test("a model that is busy is tried again, and one that refuses is told of with what to do", async () => {
  const conversation = await web.begin();
  web.model.next({ status: 503, headers: { "retry-after": "1" } }, { pieces: chatAnswer("At last.") });
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Are you there?");
  await turnsOf(page).getByText("Trying again in").waitFor();
  await turnsOf(page).getByText("At last.").waitFor();
  await turnOver(page);
  web.model.next({ status: 401, pieces: ['{"error":{"message":"No such key."}}'] });
  await say(page, "And now?");
  await turnsOf(page).getByText("The provider did not accept the key").waitFor();
  await turnsOf(page).getByRole("button", { name: "Send again" }).click();
  await expect.poll(() => turnsOf(page).count()).toBe(3);
  await turnsOf(page).last().getByText("All is well.").waitFor();
  await turnOver(page);
});

test("a tool that fails is told of in words, and the turn goes on", async () => {
  const conversation = await web.begin();
  web.model.next({
    pieces: chatCallAnswer({ id: "call_1", name: "read_file", argumentsText: '{"path":"absent.txt"}' }),
  });
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, "Read it.");
  await turnsOf(page).getByText("All is well.").waitFor();
  const call = page.getByRole("list", { name: "Tool calls" }).getByRole("listitem");
  await call.getByText("Failed").waitFor();
  await call.getByText("absent.txt").first().waitFor();
});

test("an edited message begins another conversation, and leaves the first one as it is", async () => {
  const conversation = await web.begin();
  await conversation.ask("The first question");
  await conversation.ask("The second question");
  const page = await web.signIn(`/c/${conversation.id}`);
  await turnsOf(page).last().getByText("All is well.").waitFor();
  await turnsOf(page).last().getByRole("button", { name: "Edit and fork" }).click();
  const field = page.getByRole("textbox", { name: "Edited message" });
  expect(await field.inputValue()).toBe("The second question");
  await field.fill("Another second question");
  await field.press("Enter");
  await page.waitForURL((url) => url.pathname.startsWith("/c/") && !url.pathname.includes(conversation.id));
  await turnsOf(page).getByText("Another second question").waitFor();
  await turnOver(page);
  expect(await turnsOf(page).count()).toBe(2);
  await page.goBack();
  await page.getByRole("article", { name: "Turn: The second question" }).waitFor();
  await expectShown(page, conversation);
});

test("a fork from an answer shares what was before it, and nothing after it", async () => {
  const conversation = await web.begin();
  await conversation.ask("The first question");
  await conversation.ask("The second question");
  const page = await web.signIn(`/c/${conversation.id}`);
  await turnsOf(page).first().getByRole("button", { name: "Fork from here" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/c/") && !url.pathname.includes(conversation.id));
  await expect.poll(() => turnsOf(page).count()).toBe(1);
  await turnsOf(page).getByText("The first question").waitFor();
});

test("an answer is copied as it was written", async () => {
  const conversation = await web.begin();
  const written = "Some **bold** words\n\n- and a list\n";
  web.model.next({ pieces: chatAnswer(written) });
  await conversation.ask("Write.");
  const page = await web.signIn(`/c/${conversation.id}`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await turnsOf(page).getByRole("button", { name: "Copy answer" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(written);
});
