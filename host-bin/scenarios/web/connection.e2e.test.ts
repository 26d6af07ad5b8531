// What the page does while its daemon is away, and that it comes back by itself.
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb({ config: { model: "scripted/demo" } });

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
