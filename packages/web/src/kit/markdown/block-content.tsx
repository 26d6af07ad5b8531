// The block tokens of a message as elements.

import type { Token, Tokens } from "marked";
import type { ComponentChildren, VNode } from "preact";
import { ChunkedText } from "../code/chunked-text.tsx";
import { CodeBlock } from "../code/code-block.tsx";
import { ScrollPlace } from "../code/scroll-place.tsx";
import { inlineContent } from "./inline-content.tsx";
import type { ReadBlock } from "./markdown-reader.ts";

/** One block of a message. `live` tells that more of it may come. */
export function blockContent(block: ReadBlock, live: boolean): ComponentChildren {
  if (block.kind === "fence") {
    return <CodeBlock text={codeOf(block.text)} language={block.language} live={live && block.open} />;
  }
  if (block.kind === "plain" || block.tokens === undefined) return <PlainBlock text={block.text} />;
  return blocksOf(block.tokens);
}

/** Code without the line end before its closing fence. */
function codeOf(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function PlainBlock({ text }: { readonly text: string }): VNode {
  return (
    <p class="markdown-plain" dir="auto">
      <ChunkedText text={text} />
    </p>
  );
}

function blocksOf(tokens: readonly Token[]): ComponentChildren {
  return tokens.map((token, index) => <BlockToken key={index} token={token} />);
}

function BlockToken({ token }: { readonly token: Token }): VNode {
  return <>{blockToken(token)}</>;
}

function blockToken(token: Token): ComponentChildren {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "paragraph":
      return <p dir="auto">{inlineContent(token.tokens ?? [])}</p>;
    case "heading":
      return <Heading token={token as Tokens.Heading} />;
    case "hr":
      return <hr />;
    case "code":
      return (
        <CodeBlock text={codeOf((token as Tokens.Code).text)} language={(token as Tokens.Code).lang ?? ""} />
      );
    case "blockquote":
      return <blockquote dir="auto">{blocksOf(token.tokens ?? [])}</blockquote>;
    case "list":
      return <List token={token as Tokens.List} />;
    case "table":
      return <Table token={token as Tokens.Table} />;
    case "html":
      return <PlainBlock text={token.raw.replace(/\n+$/, "")} />;
    case "text":
    case "checkbox":
      return inlineContent([token]);
    default:
      return <PlainBlock text={token.raw} />;
  }
}

/** The page has the first two levels for itself. */
function Heading({ token }: { readonly token: Tokens.Heading }): VNode {
  const Tag = `h${Math.min(token.depth + 2, 6)}` as "h3" | "h4" | "h5" | "h6";
  return <Tag dir="auto">{inlineContent(token.tokens)}</Tag>;
}

function List({ token }: { readonly token: Tokens.List }): VNode {
  const items = token.items.map((item, index) => (
    <li key={index} dir="auto" {...(item.task ? { class: "markdown-task-item" } : {})}>
      {blocksOf(item.tokens)}
    </li>
  ));
  if (!token.ordered) return <ul dir="auto">{items}</ul>;
  return (
    <ol dir="auto" {...(token.start === 1 || token.start === "" ? {} : { start: token.start })}>
      {items}
    </ol>
  );
}

function Table({ token }: { readonly token: Tokens.Table }): VNode {
  return (
    <ScrollPlace name="markdown-table" label="Table">
      <table>
        <thead>
          <tr>
            {token.header.map((cell, index) => (
              <th key={index} scope="col" dir="auto" {...alignment(cell)}>
                {inlineContent(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, rowIndex) => (
            <tr key={rowIndex}>
              {row.map((cell, index) => (
                <td key={index} dir="auto" {...alignment(cell)}>
                  {inlineContent(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollPlace>
  );
}

function alignment(cell: Tokens.TableCell): { readonly class?: string } {
  return cell.align === null ? {} : { class: `markdown-${cell.align}` };
}
