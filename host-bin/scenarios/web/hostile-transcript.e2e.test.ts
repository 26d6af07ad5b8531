// What a model, a tool, a file and a stranger's message say stays a text: nothing of it runs, nothing of it is fetched.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { say, turnOver, turnsOf } from "../../testing/browser/conversation-page.ts";
import { hostileBlocks, hostileLines } from "../../testing/browser/hostile-texts.ts";
import { layDown } from "../../testing/browser/lay-down.ts";
import { useWeb } from "../../testing/browser/use-web.ts";
import { chatAnswer, chatCallAnswer } from "../../testing/chat-answers.ts";

let longId = "";
const megabytes5 = 5_000_000;
const web = useWeb({
  prepare: async (stage) => {
    longId = await layDown(stage, 2, (number) => ({
      asked: hostileLines.join("\n"),
      tool: number === 0 ? "run_command" : `<img src=x onerror="window.ran='tool name'">`,
      argumentsText: JSON.stringify({ command: hostileLines.join("\n"), path: hostileLines[0] }),
      output: outputOf(number),
      answer: "That was long.",
    }));
  },
});

test("A15 every hostile answer is shown as a text, live and from the log", async () => {
  const conversation = await web.begin({ cwd: web.stage.workFolder });
  const page = await web.signIn(`/c/${conversation.id}`);
  const answer = hostileBlocks.join("\n\n");
  web.model.next({ pieces: chatAnswer(...inPieces(answer, 997)) });
  await say(page, hostileLines.join("\n"));
  await turnOver(page);
  await expectInert(page);
  await page.reload();
  await turnOver(page);
  await expectInert(page);
  await expectAnswers(page);
});

test("A15 hostile blocks are texts one by one, whatever stands before them", async () => {
  const conversation = await web.begin();
  for (const block of hostileBlocks.slice(hostileLines.length)) {
    web.model.next({ pieces: chatAnswer(...inPieces(block, 1_009)) });
    await conversation.ask("Go on.");
  }
  const page = await web.signIn(`/c/${conversation.id}`);
  await turnOver(page);
  await expectInert(page);
  await page.getByRole("log").focus();
  for (let pages = 0; pages < 5; pages += 1) await page.keyboard.press("PageUp");
  await expectInert(page);
  await expectAnswers(page);
});

test("A15 names of tools and files, and titles, are texts in every pane", async () => {
  const folder = web.stage.workFolder;
  const names = hostileLines.map((line) => line.replaceAll("/", "∕").replaceAll("\u0000", "").slice(0, 80));
  for (const name of names) await writeFile(join(folder, name), "x");
  const turning = hostileLines.find((line) => line.includes("\u202e"));
  const conversation = await web.begin({ cwd: folder, title: `${turning} ${hostileLines[0]}` });
  web.model.next(
    { pieces: chatCallAnswer({ id: "call_1", name: "list_files", argumentsText: "{}" }) },
    {
      pieces: chatCallAnswer({
        id: "call_2",
        name: "read_file",
        argumentsText: JSON.stringify({ path: names[1] }),
      }),
    },
    {
      pieces: chatCallAnswer({
        id: "call_3",
        name: "img_src_x_onerror",
        argumentsText: hostileLines[1] ?? "",
      }),
    },
  );
  const page = await web.signIn(`/c/${conversation.id}`);
  await say(page, hostileLines[5] ?? "");
  await turnOver(page);
  await page.keyboard.press("Escape");
  for (const summary of await turnsOf(page).locator("summary").all()) await summary.click();
  await expectInert(page);
  const { turnId } = (await conversation.entries())[0] ?? {};
  for (const path of [`/timeline/${conversation.id}`, `/trace/${turnId}`, "/runs", "/"]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await expectInert(page);
  }
  expect(await page.title()).not.toContain("undefined");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("listbox", { name: "Choices" }).getByRole("option").first().waitFor();
  await expectInert(page);
  await page.keyboard.press("Escape");
  await expectAnswers(page);
});

test("A15 an output of 5 MB is opened, and the page answers", async () => {
  const page = await web.signIn(`/c/${longId}`);
  await turnOver(page);
  const calls = page.getByRole("list", { name: "Tool calls" }).getByRole("listitem");
  for (const call of await calls.all()) {
    await call.locator("summary").first().click();
    await call.getByRole("region", { name: "Output" }).waitFor();
  }
  await expectInert(page);
  // What is laid out is bounded, however long the output is.
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(20_000);
  await expectAnswers(page);
});

test("A15 a remote image is asked for by nobody until somebody clicks", async () => {
  const conversation = await web.begin();
  web.model.next({ pieces: chatAnswer("Look: ![a chart](https://images.example/chart.png)") });
  await conversation.ask("Draw.");
  const page = await web.signIn(`/c/${conversation.id}`);
  await turnsOf(page).getByText("a chart").waitFor();
  await turnOver(page);
  await expectAnswers(page);
  expect(web.guard.urls.filter((url) => url.includes("images.example"))).toEqual([]);
});

test("A15 links of an answer lead out in a tab of their own, which knows nothing of this one", async () => {
  const conversation = await web.begin();
  web.model.next({
    pieces: chatAnswer("See [the docs](https://docs.example/a?b=c) or mail <me@docs.example>."),
  });
  await conversation.ask("Where?");
  const page = await web.signIn(`/c/${conversation.id}`);
  const link = turnsOf(page).getByRole("link", { name: "the docs" });
  expect(await link.getAttribute("href")).toBe("https://docs.example/a?b=c");
  expect(await link.getAttribute("target")).toBe("_blank");
  expect(await link.getAttribute("rel")).toMatch(/noopener.*noreferrer|noreferrer/);
});

/** Nothing ran, nothing is there that could, and every control is made visible. */
async function expectInert(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const body = document.body;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for.
    const controls = /[\u0000-\u0008\u000e-\u001f\u202a-\u202e\u2066-\u2069]/;
    const texts: string[] = [];
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      // A mark holds the control itself, for whoever copies it, in a box that it turns nothing outside of.
      if (walker.currentNode.parentElement?.closest(".control-mark") === null)
        texts.push(walker.currentNode.textContent ?? "");
    }
    const links = [...body.querySelectorAll("a[href]")].map((link) => link.getAttribute("href") ?? "");
    return {
      ran: String((window as unknown as { ran?: unknown }).ran),
      active: body.querySelectorAll(
        "script, iframe, object, embed, base, meta, link, style, template, body img, video, audio",
      ).length,
      handlers: [...body.querySelectorAll("*")].flatMap(({ attributes }) =>
        [...attributes].map(({ name }) => name).filter((name) => name.startsWith("on")),
      ),
      links: links.filter((href) => !/^(https?:|mailto:|\/(?!\/)|#)/.test(href)),
      controls: texts.filter((text) => controls.test(text)),
    };
  });
  expect(found).toEqual({ ran: "undefined", active: 0, handlers: [], links: [], controls: [] });
}

/** The page does what it is told, wherever it is. */
async function expectAnswers(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Workflows" }).click();
  await page.getByRole("heading", { name: "Workflows", level: 1 }).waitFor();
}

function inPieces(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  );
}

/** Many lines with colors, or one that has no end. */
function outputOf(number: number): string {
  const line = `\u001b[3${number}m${hostileLines[number]}\u001b[0m ${"x".repeat(120)}\n`;
  return number === 0 ? line.repeat(Math.ceil(megabytes5 / line.length)) : "W".repeat(megabytes5);
}
