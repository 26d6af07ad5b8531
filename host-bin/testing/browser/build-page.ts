// Builds the page once, before the tests that open it; nothing is done where it is what the sources say.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromiumPath, mustNotSkip, whyNoBrowser } from "./chromium.ts";

const builder = fileURLToPath(new URL("../../setup/build-page.mjs", import.meta.url));

/** Rejects, with what the build said, where the page cannot be built. */
export async function buildPage(): Promise<void> {
  await promisify(execFile)(process.execPath, [builder, "--required"]);
}

/** Called by Vitest before all files. */
export async function setup(): Promise<void> {
  if (chromiumPath !== undefined) return buildPage();
  if (mustNotSkip) throw new Error(whyNoBrowser);
  console.log(`The tests in a browser are skipped. ${whyNoBrowser}`);
}
