// Every pane with something in it, in both themes and on a narrow screen: no barrier, nothing wider than the window, and
// a picture of it for eyes.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { turnOver } from "../../testing/browser/conversation-page.ts";
import { findBarriers } from "../../testing/browser/find-barriers.ts";
import { narrow, takePicture, themes } from "../../testing/browser/pictures.ts";
import { useWeb } from "../../testing/browser/use-web.ts";
import { chatCalls, chatChunk, chatText } from "../../testing/chat-answers.ts";

const web = useWeb({
  config: { model: "scripted/demo", extensions: { "provider-scripted": { deltaDelayMs: 0 } } },
});

const answer = `The parser loses the last line because \`splitLines\` drops what has **no line end**.

1. Keep the rest of the text after the loop.
2. Add a test for a file without a line end.

| file | lines | state |
| --- | ---: | --- |
| src/lines.ts | 42 | changed |
| src/lines.test.ts | 18 | added |

\`\`\`ts
export function splitLines(text: string): readonly string[] {
  return text.split("\\n"); // the last one counts, too
}
\`\`\`

> See [the standard](https://example.org/posix) on what a line is.
`;

interface Scene {
  readonly name: string;
  readonly path: () => string;
  /** Settles when what is to be seen is there. */
  readonly ready: (page: Page) => Promise<unknown>;
}

let conversationId = "";
let failedId = "";
let turnId = "";
let runId = "";
let waitingId = "";

// The hooks of useWeb come first.
beforeAll(async () => {
  await writeFile(join(web.stage.workFolder, "lines.ts"), "export const lines = [];\n");
  const conversation = await web.begin({ title: "Why is the last line lost?", model: "openai/test" });
  const read = { id: "call_1", name: "read_file", argumentsText: '{"path":"lines.ts"}' };
  const absent = { id: "call_2", name: "read_file", argumentsText: '{"path":"absent.ts"}' };
  web.model.next(
    { pieces: [chatCalls(read, absent), ended("tool_calls", 1_180, 0)] },
    { pieces: [chatText(answer), ended("stop", 1_460, 1_152)] },
  );
  await conversation.ask("The parser loses the last line of a file. Why?");
  await conversation.ask("And now?");
  conversationId = conversation.id;
  turnId = (await conversation.entries())[0]?.turnId ?? "";
  const failed = await web.begin({ title: "A turn that failed", model: "openai/test" });
  web.model.next({ status: 401, pieces: ['{"error":{"message":"No such key."}}'] });
  await failed.ask("Hello?");
  failedId = failed.id;
  runId = await start({ workflow: "deep-research" });
  waitingId = await start({
    script:
      'export const meta = { name: "release", description: "Asks." };\nconst go = await approve("Publish version 1.4.0?", { default: false });\nreturn { go };',
  });
});

const scenes: readonly Scene[] = [
  {
    name: "home",
    path: () => "/",
    ready: async (page) => {
      await page.getByRole("textbox", { name: "Message" }).waitFor();
      const listed = page.getByRole("link", { name: /A turn that failed/, includeHidden: true });
      await listed.waitFor({ state: "attached" });
    },
  },
  {
    name: "conversation",
    path: () => `/c/${conversationId}`,
    ready: async (page) => {
      await turnOver(page);
      await page.getByRole("list", { name: "Tool calls" }).locator("summary").first().click();
      await page.getByRole("region", { name: "Output" }).first().waitFor();
    },
  },
  { name: "failed-turn", path: () => `/c/${failedId}`, ready: turnOver },
  {
    name: "trace",
    path: () => `/trace/${turnId}`,
    ready: async (page) => {
      await page.getByRole("treeitem", { name: /Step 1/ }).click();
      await page.locator("summary", { hasText: "What changed" }).click();
      await page.getByText("added").first().waitFor();
    },
  },
  {
    name: "trace-beside",
    path: () => `/c/${conversationId}?beside=${encodeURIComponent(`/trace/${turnId}`)}`,
    ready: (page) => page.getByRole("treeitem").first().waitFor(),
  },
  {
    name: "tool-calls",
    path: () => `/trace/${turnId}`,
    ready: async (page) => {
      await page.getByRole("button", { name: "Tool calls" }).click();
      await page.getByRole("link", { name: "read_file" }).first().waitFor();
    },
  },
  {
    name: "timeline",
    path: () => `/timeline/${conversationId}`,
    ready: (page) => page.getByRole("button", { name: "Restore" }).first().waitFor(),
  },
  {
    name: "runs",
    path: () => "/runs",
    ready: (page) => page.getByRole("region", { name: "Running now" }).getByText("Waiting for you").waitFor(),
  },
  {
    name: "run",
    path: () => `/runs/${runId}`,
    ready: (page) => page.getByRole("region", { name: "Result" }).waitFor(),
  },
  {
    name: "question",
    path: () => `/runs/${waitingId}`,
    ready: (page) => page.getByRole("button", { name: "Yes" }).waitFor(),
  },
  {
    name: "workflows",
    path: () => "/workflows",
    ready: (page) => page.getByRole("link", { name: "plan-verify" }).waitFor(),
  },
  {
    name: "workflow",
    path: () => "/workflows/plan-verify",
    ready: async (page) => {
      await page.locator("summary", { hasText: "Script" }).click();
      await page.getByText("export const meta").waitFor();
    },
  },
  {
    name: "extensions",
    path: () => "/extensions",
    ready: async (page) => {
      await page.locator("summary").first().click();
      await page.getByText("Needs").first().waitFor();
    },
  },
  {
    name: "palette",
    path: () => "/runs",
    ready: async (page) => {
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByRole("listbox").getByRole("option").first().waitFor();
    },
  },
  {
    name: "shortcuts",
    path: () => `/c/${conversationId}`,
    ready: async (page) => {
      await turnOver(page);
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    },
  },
];

for (const theme of themes) {
  describe(`in the ${theme} theme`, () => {
    test.for(scenes)("the pane $name has no barrier and fits", async ({ name, path, ready }) => {
      const page = await web.signIn(path(), { colorScheme: theme, reducedMotion: "reduce" });
      await ready(page);
      await takePicture(page, name, theme);
      expect(await findBarriers(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
    });

    test("the sign-in has no barrier", async () => {
      web.guard.expect(/401 \(Unauthorized\)/);
      const page = await web.openPage({ colorScheme: theme });
      await page.goto("/");
      await page.getByLabel("Token").waitFor();
      await takePicture(page, "sign-in", theme);
      expect(await findBarriers(page)).toEqual([]);
    });

    test("a daemon that is away is told of without a barrier", async () => {
      const page = await web.signIn(`/c/${failedId}`, { url: web.line.url, colorScheme: theme });
      await turnOver(page);
      web.guard.expect(/ERR_|WebSocket/);
      web.line.pullOut();
      await page.getByText("The daemon does not answer").waitFor();
      await takePicture(page, "away", theme);
      expect(await findBarriers(page)).toEqual([]);
    });
  });
}

test.for(scenes)("the pane $name fits into 380 pixels, without a barrier in either theme", async (scene) => {
  const { name, path, ready } = scene;
  const page = await web.signIn(path(), { viewport: narrow, reducedMotion: "reduce" });
  await ready(page);
  await takePicture(page, name, "light");
  expect(await overflowOf(page)).toBe(0);
  expect(await findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await findBarriers(page)).toEqual([]);
});

test("who wants no motion sees none", async () => {
  const page = await web.signIn(`/c/${conversationId}`, { reducedMotion: "reduce" });
  await turnOver(page);
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll("*")].filter((element) => {
        const { animationDuration, transitionDuration } = getComputedStyle(element);
        return [animationDuration, transitionDuration].some((text) =>
          text.split(",").some((one) => Number.parseFloat(one) > 0.01),
        );
      }).length,
  );
  expect(moving).toBe(0);
});

async function start(what: object): Promise<string> {
  const draft = { kind: "workflow", cwd: web.stage.workFolder, ...what };
  return (await web.daemon.client.call<{ id: string }>("POST", "/api/runs", draft)).id;
}

/** The end of an answer that says how much of its prompt came from the cache. */
function ended(reason: string, promptTokens: number, cachedTokens: number): string {
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: 84,
    total_tokens: promptTokens + 84,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
  const counted = { id: "chatcmpl-1", object: "chat.completion.chunk", choices: [], usage };
  return `${chatChunk({}, reason)}data: ${JSON.stringify(counted)}\n\ndata: [DONE]\n\n`;
}

/** By how many pixels the page is wider than its window. */
function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}
