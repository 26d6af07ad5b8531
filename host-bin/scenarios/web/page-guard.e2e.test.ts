// The guard of all these tests: what a page must not do is noticed when it does it.
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb({ config: { model: "scripted/demo" } });

const misdeeds: readonly { readonly name: string; readonly deed: () => unknown; readonly said: RegExp }[] = [
  { name: "complains", deed: () => console.error("oh no"), said: /console error: oh no/ },
  { name: "warns", deed: () => console.warn("hm"), said: /console warning: hm/ },
  {
    name: "throws where nobody catches",
    deed: () => setTimeout(() => Promise.reject(new Error("dropped"))),
    said: /uncaught: .*dropped/s,
  },
  {
    name: "asks another origin",
    deed: () => void fetch("http://127.0.0.1:9/").catch(() => undefined),
    said: /policy violated: .*connect-src.*127\.0\.0\.1:9/,
  },
  {
    name: "leads to another origin",
    deed: () => void open("http://127.0.0.1:9/"),
    said: /left the origin: http:\/\/127\.0\.0\.1:9\//,
  },
  {
    name: "runs what stands in the page",
    deed: () => {
      const script = document.createElement("script");
      script.append("window.ran = 1");
      document.body.append(script);
    },
    said: /policy violated|Content Security Policy/,
  },
  {
    name: "makes elements of a text",
    deed: () => {
      document.body.innerHTML = "<b>bold</b>";
    },
    said: /TrustedHTML/,
  },
  { name: "asks for what is not there", deed: () => void fetch("/api/nothing"), said: /404/ },
  { name: "opens a dialog", deed: () => setTimeout(() => alert("hello")), said: /a dialog: hello/ },
];

test.for(misdeeds)("a page that $name is found out", async ({ deed, said }) => {
  const page = await web.signIn("/workflows");
  web.guard.check();
  await page.evaluate(deed).catch(() => undefined);
  await expect.poll(() => complaintOf(web.guard.check.bind(web.guard))).toMatch(said);
  expect(await page.evaluate(() => (window as unknown as { ran?: number }).ran)).toBe(undefined);
  web.guard.expect(/./);
});

function complaintOf(check: () => void): string {
  try {
    check();
    return "";
  } catch (complaint) {
    return String(complaint);
  }
}
