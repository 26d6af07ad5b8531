// Whoever is quick, comes by an odd way or has a dialog before him does no more than he meant to.
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { turnOver, turnsOf } from "../../testing/browser/conversation-page.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb({ config: { model: "scripted/demo" } });

test("A13 the printed URL signs in also where the page is shown already, and leaves no token in the address", async () => {
  web.guard.expect(/401 \(Unauthorized\)/);
  const page = await web.openPage();
  await page.goto("/runs");
  await page.getByLabel("Token").waitFor();
  await page.goto(`/runs#token=${web.daemon.token}`);
  await page.getByRole("navigation", { name: "Places" }).waitFor();
  expect(page.url()).toBe(`${web.daemon.url}/runs`);
});

test("who signs out and in again without loading the page has everything live again", async () => {
  web.guard.expect(/401 \(Unauthorized\)/, /WebSocket/);
  const conversation = await web.begin();
  const page = await web.signIn(`/c/${conversation.id}`);
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").fill(web.daemon.token);
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  await conversation.ask("Hello");
  await turnOver(page);
  const listed = page.getByRole("navigation", { name: "Conversations" }).getByRole("link");
  await listed.filter({ hasText: "Hello" }).waitFor();
});

test("a fork that is asked for twice in a hurry is one conversation", async () => {
  const conversation = await web.begin();
  await conversation.ask("Hello");
  const page = await web.openPage();
  const asked: string[] = [];
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).includes("conversations.fork")) asked.push(String(payload));
    }),
  );
  await page.goto(`/c/${conversation.id}#token=${web.daemon.token}`);
  await turnOver(page);
  await turnsOf(page)
    .last()
    .getByRole("button", { name: "Fork from here" })
    .evaluate((button: HTMLButtonElement) => {
      button.click();
      button.click();
    });
  await page.waitForURL((url) => !url.pathname.endsWith(conversation.id));
  expect(asked).toHaveLength(1);
});

test("keys do nothing behind a dialog that is open", async () => {
  const page = await web.signIn("/runs");
  await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await dialog.waitFor();
  await page.keyboard.press("n");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(new URL(page.url()).pathname).toBe("/runs");
  await page.keyboard.press("n");
  await page.waitForURL(`${web.daemon.url}/`);
});

test("a key that is pressed in the very moment in which a dialog is closed is heard", async () => {
  const page = await web.signIn("/runs");
  await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  await page.keyboard.press("ControlOrMeta+k");
  const dialog = page.getByRole("dialog", { name: "Commands and conversations" });
  await dialog.waitFor();
  await dialog.evaluate((shown: HTMLDialogElement) => {
    shown.close();
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }));
  });
  await page.waitForURL(`${web.daemon.url}/`, { timeout: 10_000 });
});

test("Escape closes the places that lie over a narrow page, also in the very moment in which they are opened", async () => {
  const page = await web.signIn("/runs", { viewport: { width: 380, height: 700 } });
  const button = page.getByRole("button", { name: "Places and conversations" });
  await button.evaluate((element: HTMLButtonElement) => {
    element.click();
    element.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  });
  await button.and(page.locator('[aria-expanded="false"]')).waitFor();
  await button.click();
  await button.and(page.locator('[aria-expanded="true"]')).waitFor();
});

test("keys do what they do also from a box that is ticked, in which nobody types", async () => {
  const page = await web.signIn("/runs");
  await page.getByRole("main").getByRole("checkbox").first().focus();
  await page.keyboard.press("n");
  await page.waitForURL(`${web.daemon.url}/`);
});

test("keys of single characters can be switched off, and stay so after a reload; the others go on", async () => {
  const page = await web.signIn("/runs");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await dialog.getByRole("checkbox", { name: "Keys of single characters" }).uncheck();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  await page.keyboard.press("n");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("dialog", { name: "Commands and conversations" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/runs");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await dialog.getByRole("checkbox", { name: "Keys of single characters" }).check();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await page.waitForURL(`${web.daemon.url}/`);
});
