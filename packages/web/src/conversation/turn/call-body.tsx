// What went into a tool call and what came out of it.
import type { JsonObject } from "@lathe/kernel";
import type { ToolCallView } from "@lathe/wire";
import { type ComponentChildren, Fragment, type JSX } from "preact";
import { ChunkedText } from "../../kit/code/chunked-text.tsx";
import { CodeBlock } from "../../kit/code/code-block.tsx";
import { Diff, UnifiedDiff } from "../../kit/code/diff.tsx";
import { JsonValue } from "../../kit/code/json-value.tsx";
import { ToolText } from "../../kit/code/tool-text.tsx";
import { VisibleText } from "../../kit/code/visible-text.tsx";
import { CopyButton } from "../../kit/copy-button.tsx";
import { outcomeNote } from "./call-summary.ts";
import { type InputShape, inputShape, isUnifiedDiff } from "./input-shape.ts";

export function CallBody({ call }: { readonly call: ToolCallView }): JSX.Element {
  const note = outcomeNote(call);
  const { output, argumentsText, input } = call;
  return (
    <div class="call-body">
      <Part name="Input" actions={<CopyButton what="input" text={() => argumentsText} />}>
        {call.status === "writing" ? (
          <pre class="call-text foreign" dir="auto">
            <ChunkedText text={argumentsText} />
          </pre>
        ) : (
          <Input shape={inputShape(input)} />
        )}
      </Part>
      {note === null ? null : <p class="turn-note">{note}</p>}
      {output === null ? null : (
        <Part name="Output">
          {isUnifiedDiff(output) ? <UnifiedDiff text={output} /> : <ToolText text={output} />}
        </Part>
      )}
    </div>
  );
}

interface PartProps {
  readonly name: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

function Part({ name, actions, children }: PartProps): JSX.Element {
  return (
    <section class="call-part" aria-label={name}>
      <div class="call-part-head">
        <span>{name}</span>
        {actions}
      </div>
      {children}
    </section>
  );
}

function Input({ shape }: { readonly shape: InputShape }): JSX.Element {
  switch (shape.kind) {
    case "replacement":
      return (
        <>
          <Rest fields={shape.rest} />
          <Diff before={asLines(shape.before)} after={asLines(shape.after)} />
        </>
      );
    case "code":
      return (
        <>
          <Rest fields={shape.rest} />
          <CodeBlock text={shape.text} language={shape.language} />
        </>
      );
    case "value":
      return <JsonValue value={shape.value} />;
  }
}

/** A piece of a file: that it does not end with a line is no news. */
function asLines(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

/** The fields beside the one that is shown in its own way. */
function Rest({ fields }: { readonly fields: JsonObject }): JSX.Element | null {
  const entries = Object.entries(fields);
  if (entries.length === 0) return null;
  if (entries.some(([, value]) => typeof value === "object")) return <JsonValue value={fields} />;
  return (
    <dl class="call-fields mono">
      {entries.map(([name, value]) => (
        <Fragment key={name}>
          <dt class="foreign">
            <VisibleText text={name} />
          </dt>
          <dd class="foreign" dir="auto">
            <VisibleText text={String(value)} />
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
