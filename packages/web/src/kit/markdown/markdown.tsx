// A message of a model, which may still be growing, as elements. Nothing in it is HTML.
//
// Work per update: the blocks that are settled are compared by identity, in groups; only the unfinished end is lexed
// and laid out. See `split-blocks.ts` for what a block is and `markdown-reader.ts` for the definitions of links.

import { Component, type VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { blockContent } from "./block-content.tsx";
import { MarkdownReader, type ReadBlock } from "./markdown-reader.ts";
import "./markdown.css";

/** How much of a message is shown at first: of one that has ended, and of one that is watched while it grows. */
export const shownCharsAtFirst = 100_000;
export const shownCharsWhileLive = 1_000_000;
/** Short lines make more elements than long ones: this many of a message that has ended, for each `shownCharsAtFirst`. */
const shownLinesAtFirst = 3_000;
const shownCharsMore = 200_000;
const groupBlockCount = 40;

export interface MarkdownProps {
  readonly text: string;
  /** The text may still grow. */
  readonly live?: boolean;
}

/** Shows `text` as Markdown. A text that begins with the text before it costs the work of what is new only. */
export function Markdown({ text, live = false }: MarkdownProps): VNode {
  const [charCount, setCharCount] = useState(live ? shownCharsWhileLive : shownCharsAtFirst);
  const reader = useRef(new MarkdownReader());
  const shown = shownPart(text, charCount);
  if (!reader.current.continuesTo(shown)) reader.current = new MarkdownReader();
  const isGrowing = live && shown.length === text.length;
  const { settled, unsettled } = reader.current.read(shown, isGrowing);
  return (
    <div class="markdown">
      <Groups blocks={[...settled, ...unsettled]} settledCount={settled.length} live={isGrowing} />
      {shown.length === text.length ? null : (
        <button
          type="button"
          class="button markdown-more"
          onClick={() => setCharCount(charCount + shownCharsMore)}
        >
          Show more ({(text.length - shown.length).toLocaleString("en")} characters)
        </button>
      )}
    </div>
  );
}

/** Up to `charCount` characters, at the end of a line where there is one in the second half, and not too many lines. */
function shownPart(text: string, charCount: number): string {
  const part = text.slice(
    0,
    endOfLines(text, Math.ceil((charCount / shownCharsAtFirst) * shownLinesAtFirst)),
  );
  if (part.length <= charCount) return part;
  const lineEnd = part.lastIndexOf("\n", charCount - 1) + 1;
  return part.slice(0, lineEnd > charCount / 2 ? lineEnd : charCount);
}

function endOfLines(text: string, lineCount: number): number {
  // Most messages: nothing to count, whatever the length of their lines.
  if (text.length <= lineCount) return text.length;
  let end = 0;
  for (let line = 0; line < lineCount; line += 1) {
    const next = text.indexOf("\n", end) + 1;
    if (next === 0) return text.length;
    end = next;
  }
  return end;
}

interface GroupProps {
  readonly blocks: readonly ReadBlock[];
  readonly live: boolean;
}

function Groups({ blocks, settledCount, live }: GroupProps & { readonly settledCount: number }): VNode {
  const groups: VNode[] = [];
  for (let start = 0; start < blocks.length; start += groupBlockCount) {
    const end = start + groupBlockCount;
    // A group that holds the growing end is told so, and no other.
    groups.push(<Group key={start} blocks={blocks.slice(start, end)} live={live && end > settledCount} />);
  }
  return <>{groups}</>;
}

class Group extends Component<GroupProps> {
  override shouldComponentUpdate(next: GroupProps): boolean {
    const { blocks, live } = this.props;
    if (next.live !== live || next.blocks.length !== blocks.length) return true;
    return next.blocks.some((block, index) => block !== blocks[index]);
  }

  override render(): VNode {
    const { blocks, live } = this.props;
    return (
      <>
        {blocks.map((block, index) => (
          <Block key={index} block={block} live={live} />
        ))}
      </>
    );
  }
}

interface BlockProps {
  readonly block: ReadBlock;
  readonly live: boolean;
}

class Block extends Component<BlockProps> {
  override shouldComponentUpdate(next: BlockProps): boolean {
    const { block, live } = this.props;
    return next.block !== block || (next.live !== live && block.kind === "fence" && block.open);
  }

  override render(): VNode {
    return <>{blockContent(this.props.block, this.props.live)}</>;
  }
}
