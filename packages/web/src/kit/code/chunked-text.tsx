// A long text in pieces: what has been laid out once is not touched again while the text grows.

import { Component, type VNode } from "preact";
import { chunksOf } from "./chunks.ts";
import { visibleChildren } from "./visible-text.tsx";

/** Shows `text`, with its controls visible, in a place that keeps white space. A short text makes no element. */
export function ChunkedText({ text }: { readonly text: string }): VNode {
  const chunks = chunksOf(text);
  if (chunks.length <= 1) return <>{visibleChildren(text)}</>;
  return (
    <>
      {chunks.map((chunk, index) => (
        <Chunk key={index} text={chunk} />
      ))}
    </>
  );
}

class Chunk extends Component<{ readonly text: string }> {
  override shouldComponentUpdate(next: { readonly text: string }): boolean {
    return next.text !== this.props.text;
  }

  override render(): VNode {
    return <span class="code-chunk">{visibleChildren(this.props.text)}</span>;
  }
}
