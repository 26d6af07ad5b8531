// The browser of the tests: Debian's Chromium, or another one that LATHE_CHROMIUM names.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { test } from "vitest";

const usualPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Absolute path; undefined = there is none, or LATHE_CHROMIUM is empty. */
export const chromiumPath: string | undefined = findChromium(process.env.LATHE_CHROMIUM);

export const whyNoBrowser: string =
  "No Chromium was found. Install Debian's package chromium, or name another one with LATHE_CHROMIUM.";

/** Whether tests that lack a system package fail, as they do where every change is checked. */
export const mustNotSkip: boolean = process.env.LATHE_TESTS_MUST_NOT_SKIP === "1";

/** A test that needs a browser. It is skipped where there is none; why is said once, when the pages are built. */
export const browserTest: typeof test = (
  chromiumPath === undefined && !mustNotSkip ? test.skip : test
) as typeof test;

/** Whoever opens it closes it. */
export function openChromium(args: readonly string[] = []): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(whyNoBrowser);
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      // Chromium refuses to sandbox itself as root, which containers run as.
      ...(isRoot ? ["--no-sandbox"] : []),
      // Nothing but this machine can be reached, whatever a page or the browser itself tries.
      "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
      "--disable-dev-shm-usage",
      ...args,
    ],
  });
}

function findChromium(named: string | undefined): string | undefined {
  if (named === undefined) return usualPaths.find((path) => existsSync(path));
  return named === "" ? undefined : named;
}
