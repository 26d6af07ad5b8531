// The highlighter, which is loaded when the first colored code is shown: nothing else may import this file directly.

import { common, createLowlight } from "lowlight";
import { type CodeNode, type ColorRun, colorRuns } from "./code-colors.ts";

const lowlight = createLowlight(common);

/** The runs of `text` in `language`, or `undefined` where no grammar goes by that name. */
export function highlight(text: string, language: string): readonly ColorRun[] | undefined {
  if (!lowlight.registered(language)) return undefined;
  return colorRuns(lowlight.highlight(language, text).children as readonly CodeNode[]);
}
