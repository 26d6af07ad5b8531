// How a browser is signed in, and what of the token is left behind.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb({ config: { model: "scripted/demo" } });

test("A13 the token of the printed URL is exchanged, and is gone from the address and the history", async () => {
  const page = await web.openPage();
  await page.goto(web.daemon.process.stdout.match(/http:\S+#token=\S+/)?.[0] ?? "");
  await expectSignedIn(page);
  expect(page.url()).toBe(`${web.daemon.url}/`);
  await page.goto("about:blank");
  await page.goBack();
  await expectSignedIn(page);
  expect(page.url()).toBe(`${web.daemon.url}/`);
});

test("A13 the token is never part of a URL that is asked for, and nothing in the page keeps it", async () => {
  const page = await web.signIn("/runs");
  await page.reload();
  await expectSignedIn(page);
  expect(new URL(page.url()).pathname).toBe("/runs");
  expect(web.guard.urls.length).toBeGreaterThan(4);
  expect(web.guard.urls.filter((url) => url.includes(web.daemon.token))).toEqual([]);
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state]),
  );
  expect(kept).not.toContain(web.daemon.token);
});

test("A13 a token in the query signs nobody in", async () => {
  web.guard.expect(/400 \(Bad Request\)/);
  const page = await web.openPage();
  const answer = await page.goto(`/?token=${web.daemon.token}`);
  expect(answer?.status()).toBe(400);
  expect(await page.context().cookies()).toEqual([]);
});

test("A14 the cookie is out of reach of scripts and of other sites", async () => {
  const page = await web.signIn();
  expect(await page.evaluate(() => document.cookie)).toBe("");
  const cookies = await page.context().cookies();
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict", path: "/" }]);
  expect(cookies[0]?.value).not.toContain(web.daemon.token);
});

test("A4 A14 a page of another port, which the cookie is sent from, is told nothing and changes nothing", async () => {
  const page = await web.signIn();
  await using elsewhere = await openOtherSite();
  // It is refused, and says so; that is what is looked at below.
  web.guard.expect(/./);
  await page.goto(elsewhere.url);
  const { origin } = new URL(web.daemon.url);
  const outcome = await page.evaluate(async (daemon) => {
    const ask = (init: RequestInit): Promise<string> =>
      fetch(`${daemon}/api/conversations`, { credentials: "include", ...init }).then(
        (answer) => `${answer.type} ${answer.status}`,
        () => "refused",
      );
    const socket = new WebSocket(`${daemon.replace("http", "ws")}/api/ws`);
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
    const told = [await ended, await ask({}), await ask({ method: "POST", body: "{}" })];
    await ask({ method: "POST", body: "{}", mode: "no-cors" });
    return told;
  }, origin);
  expect(outcome).toEqual(["refused", "refused", "refused"]);
  const { items } = await web.daemon.client.call<{ items: object[] }>("GET", "/api/conversations");
  expect(items).toEqual([]);
});

test("A15 another page cannot frame this one", async () => {
  const page = await web.signIn();
  await using elsewhere = await openOtherSite(`<iframe src="${web.daemon.url}/"></iframe>`);
  web.guard.expect(/frame-ancestors|left the origin|ERR_BLOCKED_BY_RESPONSE/);
  await page.goto(elsewhere.url);
  await expect
    .poll(() => page.frames().map((frame) => frame.url()))
    .toContain("chrome-error://chromewebdata/");
});

test("a wrong token is told from a right one, which then signs in", async () => {
  web.guard.expect(/401 \(Unauthorized\)/);
  const page = await web.openPage();
  await page.goto("/workflows#token=wrong");
  await page.getByRole("alert").getByText("This token is not the daemon's").waitFor();
  expect(page.url()).toBe(`${web.daemon.url}/workflows`);
  await page.getByLabel("Token").fill(web.daemon.token);
  await page.keyboard.press("Enter");
  await expectSignedIn(page);
  expect(new URL(page.url()).pathname).toBe("/workflows");
});

test("a token that is good no more does no harm to who is signed in", async () => {
  web.guard.expect(/401 \(Unauthorized\)/);
  const page = await web.signIn();
  const tab = await page.context().newPage();
  await tab.goto("/runs#token=of-yesterday");
  await expectSignedIn(tab);
  expect(tab.url()).toBe(`${web.daemon.url}/runs`);
});

test("who signs out leaves nothing of what he has typed", async () => {
  const page = await web.signIn();
  const secret = "what nobody else may read";
  await page.getByRole("textbox", { name: "Message" }).fill(secret);
  await expect.poll(() => storedText(page)).toContain(secret);
  web.guard.expect(/401 \(Unauthorized\)/, /WebSocket/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  await expect.poll(() => storedText(page)).not.toContain(secret);
});

test("who signs out in one tab is signed out in the others, and the way back does not lead in", async () => {
  const page = await web.signIn();
  const other = await web.openTab(page, "/runs");
  await other.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  web.guard.expect(/401 \(Unauthorized\)/, /WebSocket/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  await other.getByLabel("Token").waitFor();
  await other.getByRole("alert").getByText("You were signed out").waitFor();
  await other.reload();
  await other.getByLabel("Token").waitFor();
  expect(await page.context().cookies()).toEqual([]);
});

function storedText(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]));
}

async function expectSignedIn(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Places" }).waitFor();
}

/** Cookies do not know ports: to a browser this is the same site as the daemon. */
async function openOtherSite(html = ""): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    // An icon that is there already: one that is asked for may come when the server has gone.
    response.end(`<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">${html}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
