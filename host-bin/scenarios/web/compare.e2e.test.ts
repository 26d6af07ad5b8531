// Two conversations beside each other: what they share, where they part, and what each did from there on.
import type { Conversation } from "@lathe/kernel";
import type { Page } from "playwright-core";
import { beforeAll, expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { findBarriers } from "../../testing/browser/find-barriers.ts";
import { pausedAnswer, words } from "../../testing/browser/paused-answer.ts";
import { narrow, takePicture, themes } from "../../testing/browser/pictures.ts";
import { useWeb } from "../../testing/browser/use-web.ts";
import { chatAnswer, chatCallAnswer, chatEnd, chatText } from "../../testing/chat-answers.ts";
import { WatchedConversation } from "../../testing/watched-conversation.ts";
import { type LongPair, layDownPair } from "./compare-lay-down.ts";

const longCount = 1_000;
const longSharedCount = 20;
let long: LongPair = { id: "", forkId: "" };
let origin: WatchedConversation;
let fork: WatchedConversation;

const web = useWeb({
  prepare: async (stage) => {
    long = await layDownPair(stage, longSharedCount, longCount);
  },
});

beforeAll(async () => {
  origin = await web.begin({ title: "Why is the last line lost?" });
  web.model.next({ pieces: [chatText("Show me the parser."), chatEnd("stop", [1_180, 40])] });
  await origin.ask("The parser loses the last line of a file.");
  fork = await forkOf(origin);
  const absent = { id: "call_1", name: "read_file", argumentsText: '{"path":"lines.ts"}' };
  const other = { id: "call_2", name: "read_file", argumentsText: '{"path":"lines.test.ts"}' };
  web.model.next(
    { pieces: chatCallAnswer(absent) },
    { pieces: [chatText(`${answer} It is quick.`), chatEnd("stop", [1_460, 90])] },
    { pieces: chatCallAnswer(absent, other) },
    { pieces: [chatText(`${answer} It is thorough.`), chatEnd("stop", [2_120, 130])] },
  );
  await origin.ask("Here it is. Mend it quickly.");
  await fork.ask("Here it is. Mend it thoroughly.");
  await fork.ask("And add a test.");
});

const answer = "The loop ends before the last line, since **no line end** follows it.\n\n- keep the rest";

test("S7: from the timeline of a fork it is one click to what differs from its origin", async () => {
  const page = await web.signIn(`/timeline/${fork.id}`);
  await page.getByRole("link", { name: "Compare with its origin" }).click();
  await page.waitForURL(`**/compare/${origin.id}/${fork.id}`);
  await page.getByText("Both begin with the same turn: 1 step, 1180 tokens in, 40 out.").waitFor();
  const figures = page.getByRole("table");
  expect(await cells(figures.getByRole("row", { name: "Turns" }))).toEqual(["1", "1", "2"]);
  expect(await cells(figures.getByRole("row", { name: "Tool calls" }))).toEqual(["0", "1", "2"]);
  await expect.poll(() => rows(page).count()).toBe(2);
  const first = rows(page).first();
  await first.getByRole("heading", { name: "Turn 2 of A and turn 2 of B" }).waitFor();
  await first
    .getByText("Different message, same model, 1 tool call in both, 1 tool call only in B")
    .waitFor();
  const marked = ["quickly", "thoroughly", "quick", "thorough"];
  await expect.poll(() => first.locator("mark").allInnerTexts()).toEqual(marked);
  await expect.poll(() => first.getByText("only in B", { exact: true }).count()).toBe(1);
  await rows(page).last().getByText("Only in B.").waitFor();
});

test("what both begin with is one line that opens, and its turns lead to the conversation", async () => {
  const page = await web.signIn(`/compare/${origin.id}/${fork.id}`);
  await page.locator("summary", { hasText: "Both begin with" }).click();
  await page.getByRole("link", { name: "The parser loses the last line of a file." }).click();
  await page.waitForURL(`**/c/${origin.id}/*`);
});

test("the marks can be taken off, then the answers are read as they were written, and so after a reload", async () => {
  const page = await web.signIn(`/compare/${origin.id}/${fork.id}`);
  const first = rows(page).first();
  await first.locator("mark").first().waitFor();
  await page.getByRole("button", { name: "Mark differences" }).click();
  await first.locator("strong", { hasText: "no line end" }).first().waitFor();
  await expect.poll(() => first.locator("mark").count()).toBe(0);
  await page.reload();
  await first.locator("strong", { hasText: "no line end" }).first().waitFor();
  expect(await first.locator("mark").count()).toBe(0);
  await page.getByRole("button", { name: "Mark differences" }).click();
  await first.locator("mark").first().waitFor();
});

test("exchanged, A is B, and the call is the one of A", async () => {
  const page = await web.signIn(`/compare/${origin.id}/${fork.id}`);
  await page.getByRole("link", { name: "Exchange A and B" }).click();
  await page.waitForURL(`**/compare/${fork.id}/${origin.id}`);
  await rows(page).first().getByText("1 tool call only in A", { exact: false }).waitFor();
  await rows(page).last().getByText("Only in A.").waitFor();
});

test("a conversation leads to its origin by a link and by the palette, which compares it with any other, too", async () => {
  const page = await web.signIn(`/c/${fork.id}`);
  await choose(page, "compare origin");
  await page.waitForURL(`**/compare/${origin.id}/${fork.id}`);
  await page.goto(`/c/${fork.id}`);
  await page.getByRole("link", { name: "Compare with its origin" }).click();
  await page.waitForURL(`**/compare/${origin.id}/${fork.id}`);
  await page.goto(`/c/${fork.id}`);
  await choose(page, "compare with: a long one");
  await page.waitForURL(/\/compare\/[^/]+\/[^/]+$/);
  await page.getByText("These two have nothing in common").waitFor();
});

test("one that is live goes on live, and its sums with it", async () => {
  const mine = await web.begin({ title: "Live" });
  await mine.ask("First.");
  const other = await forkOf(mine);
  const page = await web.signIn(`/compare/${mine.id}/${other.id}`);
  await page.getByText("Neither has gone on from there.").waitFor();
  const paused = pausedAnswer(words(3), words(3, 3));
  web.model.next(paused);
  const turn = other.send("Count.");
  const row = rows(page).first();
  await row.getByText("w0 w1 w2").waitFor();
  await row.getByText("running").waitFor();
  paused.release();
  await turn.ended;
  await row.getByText("w0 w1 w2 w3 w4 w5").waitFor();
  await row.getByText("answered").waitFor();
  await expect
    .poll(() => cells(page.getByRole("table").getByRole("row", { name: "Turns" })))
    .toEqual(["1", "0", "1"]);
  await mine.ask("Count.");
  await row.getByText("Same message, same model", { exact: false }).waitFor();
  expect(await rows(page).count()).toBe(1);
});

test("where one has gone back, the two part there", async () => {
  const mine = await web.begin({ title: "Back" });
  await mine.ask("One.");
  await mine.ask("Two.");
  const other = await forkOf(mine);
  const page = await web.signIn(`/compare/${mine.id}/${other.id}`);
  await page.getByText("Both begin with the same 2 turns").waitFor();
  const [first] = await mine.entries();
  await web.daemon.client.call("POST", `/api/conversations/${other.id}/restore`, { turnId: first?.turnId });
  await other.ask("Another two.");
  await page.getByText("Both begin with the same turn:").waitFor();
  await page.getByText("A restore left turns of B behind.").waitFor();
  const row = rows(page).first();
  await row.getByRole("heading", { name: "Turn 2 of A and turn 2 of B" }).waitFor();
  await row.getByText("Different message", { exact: false }).waitFor();
});

test("a fork from within a turn shows the rest of that turn", async () => {
  const mine = await web.begin({ title: "Within" });
  const call = { id: "call_1", name: "read_file", argumentsText: '{"path":"absent.txt"}' };
  web.model.next({ pieces: chatCallAnswer(call) }, { pieces: chatAnswer("It is not there.") });
  await mine.ask("Read it.");
  const step = (await mine.entries()).find(({ type }) => type === "step-complete");
  const other = await forkOf(mine, { seq: step?.seq });
  const page = await web.signIn(`/compare/${mine.id}/${other.id}`);
  await page.getByText("they part within the last of these turns").waitFor();
  const row = rows(page).first();
  await row.getByRole("heading", { name: "The rest of turn 1 of A and turn 1 of B" }).waitFor();
  await row.getByText("It is not there.").waitFor();
  await row.getByText("It was forked here, within the turn.").waitFor();
});

test("one that is not there is named, and one that is deleted meanwhile is told of", async () => {
  web.guard.expect(/404/);
  const page = await web.signIn(`/compare/${origin.id}/cnv_none`);
  await page.getByText("There is nothing to compare: conversation B is not there").waitFor();
  await page.goto("/compare/cnv_none/cnv_nothing");
  await page.getByText("neither conversation is there").waitFor();
  const mine = await web.begin({ title: "Gone" });
  await mine.ask("First.");
  const other = await forkOf(mine);
  await page.goto(`/compare/${mine.id}/${other.id}`);
  await page.getByText("Neither has gone on from there.").waitFor();
  await web.daemon.client.call("DELETE", `/api/conversations/${other.id}`);
  await page
    .getByText("conversation B is not there")
    .or(page.getByText("B cannot be followed"))
    .first()
    .waitFor();
});

test("hostile words stay words on both sides", async () => {
  const hostile = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) \u202etxt.exe one two three four";
  const mine = await web.begin({ title: hostile });
  await mine.ask("First.");
  const other = await forkOf(mine);
  web.model.next({ pieces: chatAnswer(`${hostile} five`) }, { pieces: chatAnswer(`${hostile} six`) });
  await mine.ask(`${hostile} seven`);
  await other.ask(`${hostile} eight`);
  const page = await web.signIn(`/compare/${mine.id}/${other.id}`);
  const row = rows(page).first();
  await row.locator("mark").first().waitFor();
  expect(await page.locator(".compare-pane img, .compare-pane a[href^='javascript']").count()).toBe(0);
  await expect.poll(() => row.locator(".control-mark").count()).toBe(4);
  await page.getByRole("button", { name: "Mark differences" }).click();
  await expect.poll(() => row.locator("mark").count()).toBe(0);
  expect(await page.locator(".compare-pane img, .compare-pane a[href^='javascript']").count()).toBe(0);
});

test("two of a thousand turns are opened where they part, and read on page by page", async () => {
  const page = await web.signIn(`/compare/${long.id}/${long.forkId}`);
  await page.getByText(`Both begin with the same ${longSharedCount} turns`).waitFor();
  await rows(page).first().getByText("Same message", { exact: false }).waitFor();
  expect(await rows(page).count()).toBeLessThan(200);
  expect(await cells(page.getByRole("table").getByRole("row", { name: "Turns" }))).toEqual([
    "20",
    "980",
    "980",
  ]);
  await page.getByRole("region", { name: /content$/ }).focus();
  const before = await rows(page).count();
  await expect
    .poll(
      async () => {
        await page.keyboard.press("End");
        return rows(page).count();
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(before + 40);
  const numbers = await rows(page).evaluateAll((all) =>
    all.map((row) => row.querySelector("h2")?.textContent ?? ""),
  );
  expect(numbers).toEqual(
    numbers.map((_, at) => `Turn ${longSharedCount + 1 + at} of A and turn ${longSharedCount + 1 + at} of B`),
  );
});

for (const theme of themes)
  for (const viewport of [undefined, narrow])
    test(`it has no barrier and fits, ${theme} and ${viewport === undefined ? "wide" : "narrow"}`, async () => {
      const page = await web.signIn(`/compare/${origin.id}/${fork.id}`, {
        colorScheme: theme,
        reducedMotion: "reduce",
        ...(viewport === undefined ? {} : { viewport }),
      });
      await rows(page).first().locator("mark").first().waitFor();
      await takePicture(page, "compare", theme);
      expect(await findBarriers(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      await rows(page).first().scrollIntoViewIfNeeded();
      await page.locator(".compare-calls summary").last().click();
      await rows(page).last().scrollIntoViewIfNeeded();
      await takePicture(page, "compare-end", theme);
      expect(await findBarriers(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    });

/** From the end of its last turn, or from the place. */
async function forkOf(conversation: WatchedConversation, place?: object): Promise<WatchedConversation> {
  const { turnId } = (await conversation.entries()).at(-1) ?? {};
  const { id } = await web.daemon.client.call<Conversation>(
    "POST",
    `/api/conversations/${conversation.id}/fork`,
    place ?? { turnId },
  );
  return new WatchedConversation(id, web.daemon);
}

async function choose(page: Page, text: string): Promise<void> {
  await page.getByRole("log").waitFor();
  await page.keyboard.press("ControlOrMeta+k");
  const palette = page.getByRole("dialog");
  await palette.getByRole("combobox").fill(text);
  await palette.getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
}

function rows(page: Page): ReturnType<Page["locator"]> {
  return page.getByRole("list", { name: "Turns, A and B" }).locator(":scope > li");
}

function cells(row: ReturnType<Page["locator"]>): Promise<string[]> {
  return row.getByRole("cell").allInnerTexts();
}
