// The output of a command or a tool: its colors, its beginning and its end, and the rest on request.

import { useSignal } from "@preact/signals";
import { Component, type VNode } from "preact";
import { useMemo } from "preact/hooks";
import { CopyButton } from "../copy-button.tsx";
import { type AnsiRun, type AnsiStyle, ansiRuns, withoutOverwritten } from "./ansi-runs.ts";
import { chunksOf } from "./chunks.ts";
import { outputParts } from "./output-parts.ts";
import { ScrollPlace } from "./scroll-place.tsx";
import { visibleChildren } from "./visible-text.tsx";
import "./tool-text.css";

const endLimits = { chars: 16_000, lines: 150 };
const moreLimits = { chars: 100_000, lines: 2_000 };
/** Of a longer output, lines that were written over are left out after its parts were chosen, and not before. */
const settledCharsMax = 1_000_000;

export interface ToolTextProps {
  readonly text: string;
  /** What it is, for who cannot see it. Default "Output". */
  readonly label?: string;
}

/** Shows an output of any size. Of a long one the beginning and the end are shown, and more with each request. */
export function ToolText({ text, label = "Output" }: ToolTextProps): VNode {
  const requests = useSignal(0);
  const headLimits = {
    chars: endLimits.chars + requests.value * moreLimits.chars,
    lines: endLimits.lines + requests.value * moreLimits.lines,
  };
  const parts = useMemo(() => {
    const settled = text.length <= settledCharsMax ? withoutOverwritten(text) : text;
    return outputParts(settled, headLimits, endLimits);
  }, [text, requests.value]);
  const showMore = (): void => {
    requests.value += 1;
  };
  return (
    <div class="tool-text">
      <div class="tool-text-copy">
        <CopyButton what="all output" text={() => text} />
      </div>
      <ScrollPlace name="tool-text-scroll" label={label}>
        <Output text={parts.head} />
        {parts.hiddenChars === 0 ? null : (
          <>
            <div class="tool-text-gap">
              <span>{hiddenAmount(parts.hiddenChars, parts.hiddenLines)} not shown</span>
              <button type="button" class="button" onClick={showMore}>
                Show more
              </button>
            </div>
            <Output text={parts.tail} />
          </>
        )}
      </ScrollPlace>
    </div>
  );
}

function hiddenAmount(chars: number, lines: number): string {
  const amount = `${chars.toLocaleString("en")} characters`;
  return lines < 2 ? amount : `${lines.toLocaleString("en")} lines (${amount})`;
}

function Output({ text }: { readonly text: string }): VNode {
  // Before the text is cut: a line that shows progress may be written over thousands of times.
  const chunks = useMemo(() => chunksOf(withoutOverwritten(text)), [text]);
  return (
    <pre dir="auto">
      {chunks.map((chunk, index) => (
        <OutputChunk key={index} text={chunk} />
      ))}
    </pre>
  );
}

/** A color goes on to the end of its chunk at most, so that a chunk which was read once stays as it is. */
class OutputChunk extends Component<{ readonly text: string }> {
  override shouldComponentUpdate(next: { readonly text: string }): boolean {
    return next.text !== this.props.text;
  }

  override render(): VNode {
    return <span class="code-chunk">{ansiRuns(this.props.text).map(shownRun)}</span>;
  }
}

function shownRun({ text, style }: AnsiRun, index: number): VNode | string {
  const name = classOf(style);
  return (
    <span key={index} {...(name === "" ? {} : { class: name })}>
      {visibleChildren(text)}
    </span>
  );
}

function classOf(style: AnsiStyle): string {
  const { color, background, ...switches } = style;
  const names = Object.keys(switches).map((name) => `ansi-${name}`);
  if (background !== undefined) names.push(`ansi-on-${background}`);
  // A color on a color may be anything: on a background the text keeps the color of the page.
  else if (color !== undefined) names.push(`ansi-${color}`);
  return names.join(" ");
}
