// What keeps people with other senses and other hands out of a page, as axe-core finds it.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// WCAG 2.2 at the levels A and AA, and what axe knows to be good beside it.
const options: RunOptions = {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  resultTypes: ["violations"],
};

/** One text for each barrier, with the elements that it is about; none is what a test wants. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // Sent by the debugger, it is no script of the page: the page keeps its policy while it is looked at.
  await page.evaluate(await source);
  const { violations } = await page.evaluate(
    (chosen) =>
      (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(chosen),
    options,
  );
  return violations.map(({ id, help, nodes }) => {
    const elements = nodes.map(({ target, failureSummary }) => `\n  ${target.join(" ")}: ${failureSummary}`);
    return `${id}: ${help}${elements.join("")}`;
  });
}
