// The text of a script: read only, with the numbers of its lines.
import type { JSX } from "preact";
import { Code } from "../kit/code/code.tsx";
import { ScrollPlace } from "../kit/code/scroll-place.tsx";
import { CopyButton } from "../kit/copy-button.tsx";

export function ScriptView({ script }: { readonly script: string }): JSX.Element {
  return (
    <div class="script-view">
      <div class="script-copy">
        <CopyButton what="the script" text={() => script} />
      </div>
      <ScrollPlace name="script-scroll" label="Script">
        <div class="script-lines" dir="ltr">
          <pre class="script-numbers" aria-hidden="true">
            {lineNumbers(script)}
          </pre>
          <pre class="script-text">
            <code>
              <Code text={script} language="js" />
            </code>
          </pre>
        </div>
      </ScrollPlace>
    </div>
  );
}

/** `1`, `2`, `3` ..., each on its line. A line break at the end begins no other line. */
export function lineNumbers(script: string): string {
  const count = script.split("\n").length - (script.endsWith("\n") ? 1 : 0);
  return Array.from({ length: Math.max(1, count) }, (_, at) => at + 1).join("\n");
}
