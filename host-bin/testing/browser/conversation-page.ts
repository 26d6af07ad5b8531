// What one does in a conversation's pane, and what is read there.
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { fold, type WatchedConversation } from "../watched-conversation.ts";

/** Writes the message and sends it with Enter. */
export async function say(page: Page, text: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill(text);
  await field.press("Enter");
}

/** Of the turns that are laid out, from the oldest. */
export function turnsOf(page: Page): Locator {
  return page.getByRole("log").getByRole("article");
}

/** Settles when the page stands at a conversation; returns its id. */
export async function conversationId(page: Page): Promise<string> {
  await page.waitForURL(/\/c\/[^/?]+/);
  return new URL(page.url()).pathname.split("/")[2] ?? "";
}

/** Settles when the last turn is over and shows how it went. */
export async function turnOver(page: Page): Promise<void> {
  await turnsOf(page).last().getByRole("contentinfo").or(turnsOf(page).last().locator("footer")).waitFor();
}

interface ShownTurn {
  readonly turnId: string;
  readonly asked: string;
  readonly answered: string;
}

/** What stands in the page: texts as they are read, with single spaces. */
export function shownTurns(page: Page): Promise<readonly ShownTurn[]> {
  return turnsOf(page).evaluateAll((articles) => {
    const textIn = (article: Element, selector: string): string =>
      [...article.querySelectorAll(selector)]
        .map((element) => element.textContent ?? "")
        .join(" ")
        .replace(/\s+/g, " ")
        .trim();
    return articles.map((article) => ({
      turnId: article.getAttribute("data-turn") ?? "",
      asked: textIn(article, ".turn-user-text").replace(/^You: /, ""),
      answered: textIn(article, ".turn-answer"),
    }));
  });
}

/** Nothing of a conversation at rest is missing in the page, and nothing is there twice. For texts without markup. */
export async function expectShown(page: Page, conversation: WatchedConversation): Promise<void> {
  const { turns } = fold(await conversation.entries());
  const logged = turns.map(({ turnId, userMessage, steps }) => ({
    turnId,
    asked: oneLine(userMessage.map(({ text }) => text)),
    answered: oneLine(
      steps.flatMap(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : ""))),
    ),
  }));
  await expect.poll(() => shownTurns(page)).toEqual(logged);
}

function oneLine(texts: readonly string[]): string {
  return texts.join(" ").replace(/\s+/g, " ").trim();
}
