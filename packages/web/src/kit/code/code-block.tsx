// The frame of a piece of code: its language, a button that copies it, and a place that scrolls by itself.

import type { VNode } from "preact";
import { CopyButton } from "../copy-button.tsx";
import { ChunkedText } from "./chunked-text.tsx";
import { Code } from "./code.tsx";
import { ScrollPlace } from "./scroll-place.tsx";
import "./code.css";

export interface CodeBlockProps {
  readonly text: string;
  /** As the author wrote it after the fence, or empty. */
  readonly language: string;
  /** The code is still being written: it is shown without colors. */
  readonly live?: boolean;
}

/** A block of code under its head. The text is shown as it is, and copied as it is. */
export function CodeBlock({ text, language, live = false }: CodeBlockProps): VNode {
  const name = languageName(language);
  return (
    <div class="code-block">
      <div class="code-head">
        <span class="code-language">{name === "" ? "text" : name}</span>
        <CopyButton what="code" text={() => text} />
      </div>
      <ScrollPlace name="code-scroll" label={`Code ${name}`.trimEnd()}>
        <pre dir="ltr">
          <code>{live ? <ChunkedText text={text} /> : <Code text={text} language={name} />}</code>
        </pre>
      </ScrollPlace>
    </div>
  );
}

/** The first word of what stands after a fence, without what no language is named with. */
export function languageName(written: string): string {
  const word = written.trim().split(/[\s,{:]/, 1)[0] ?? "";
  return word.replace(/[^A-Za-z0-9+#._-]/g, "").slice(0, 30);
}
