// How a browser is signed in, and what of the token is left behind.
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb({ config: { model: "scripted/demo" } });

test("A13 the token of the printed URL is exchanged, and is gone from the address and the history", async () => {
  const page = await web.openPage();
  const printed = web.daemon.process.stdout.match(/http:\S+#token=\S+/)?.[0] ?? "";
  await page.goto(printed);
  await page.getByRole("navigation", { name: "Places" }).waitFor();
  expect(page.url()).toBe(`${web.daemon.url}/`);
  await page.goto("about:blank");
  await page.goBack();
  await page.getByRole("navigation", { name: "Places" }).waitFor();
  expect(page.url()).toBe(`${web.daemon.url}/`);
  expect(web.guard.urls.filter((url) => url.includes(web.daemon.token))).toEqual([]);
});
