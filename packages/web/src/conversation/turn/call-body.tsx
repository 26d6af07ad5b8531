// What went into a tool call and what came out of it.
import type { ToolCallView } from "@lathe/wire";
import type { JSX } from "preact";
import { VisibleText } from "../../kit/code/visible-text.tsx";
import { CopyButton } from "../../kit/copy-button.tsx";
import { outcomeNote } from "./call-summary.ts";

export function CallBody({ call }: { readonly call: ToolCallView }): JSX.Element {
  const note = outcomeNote(call);
  const { output } = call;
  return (
    <div class="call-body">
      <CallInput call={call} />
      {note === null ? null : <p class="turn-note">{note}</p>}
      {output === null ? null : (
        <section class="call-part" aria-label="Output">
          <div class="call-part-head">
            <span>Output</span>
            <CopyButton what="output" text={() => output} />
          </div>
          <pre class="call-text foreign" dir="auto">
            <VisibleText text={output} />
          </pre>
        </section>
      )}
    </div>
  );
}

function CallInput({ call: { argumentsText } }: { readonly call: ToolCallView }): JSX.Element {
  return (
    <section class="call-part" aria-label="Input">
      <div class="call-part-head">
        <span>Input</span>
        <CopyButton what="input" text={() => argumentsText} />
      </div>
      <pre class="call-text foreign" dir="auto">
        <VisibleText text={argumentsText} />
      </pre>
    </section>
  );
}
