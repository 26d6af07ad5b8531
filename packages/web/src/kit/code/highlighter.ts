// The highlighter, which is loaded when the first colored code is shown: nothing else may import this file directly.

import { common, createLowlight } from "lowlight";
import { type CodeNode, type ColorRun, colorRuns } from "./code-colors.ts";

// The grammars that were measured to stay quick on hostile text; some of the others take seconds for a few kilobytes.
const quickGrammars: ReadonlySet<string> = new Set(
  "bash css diff go javascript json markdown python rust shell sql typescript xml yaml".split(" "),
);
const lowlight = createLowlight(
  Object.fromEntries(Object.entries(common).filter(([name]) => quickGrammars.has(name))),
);

/** The runs of `text` in `language`, or `undefined` where no grammar goes by that name or the text defeats it. */
export function highlight(text: string, language: string): readonly ColorRun[] | undefined {
  if (!lowlight.registered(language)) return undefined;
  try {
    return colorRuns(lowlight.highlight(language, text).children as readonly CodeNode[]);
  } catch {
    // A grammar may run out of stack. Plain code says the same.
    return undefined;
  }
}
