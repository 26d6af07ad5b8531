// The inline tokens of a block as elements: emphasis, code, links and the names of images. Anything else is text.

import type { Token, Tokens } from "marked";
import type { ComponentChildren, VNode } from "preact";
import { visibleChildren } from "../code/visible-text.tsx";
import { resolveReferences } from "./character-references.ts";
import { type LinkTarget, linkTarget, undisclosedPlace } from "./link-target.ts";

/** Shows inline `tokens`. Inside of a link (`inLink`) nothing else can be followed. */
export function inlineContent(tokens: readonly Token[], inLink = false): ComponentChildren {
  return tokens.map((token, index) => <Inline key={index} token={token as Token} inLink={inLink} />);
}

function Inline({ token, inLink }: { readonly token: Token; readonly inLink: boolean }): VNode {
  return <>{inline(token, inLink)}</>;
}

function inline(token: Token, inLink: boolean): ComponentChildren {
  switch (token.type) {
    case "text":
      if (token.tokens !== undefined) return inlineContent(token.tokens, inLink);
      return visibleChildren(token.escaped === true ? token.raw : resolveReferences(token.raw));
    case "escape":
      return visibleChildren((token as Tokens.Escape).text);
    case "strong":
      return <strong>{inlineContent(token.tokens ?? [], inLink)}</strong>;
    case "em":
      return <em>{inlineContent(token.tokens ?? [], inLink)}</em>;
    case "del":
      return <del>{inlineContent(token.tokens ?? [], inLink)}</del>;
    case "codespan":
      return <code dir="auto">{visibleChildren((token as Tokens.Codespan).text)}</code>;
    case "br":
      return <br />;
    case "link":
      return <Link token={token as Tokens.Link} inLink={inLink} />;
    case "image":
      return <ImageName token={token as Tokens.Image} inLink={inLink} />;
    case "checkbox":
      return <Task done={(token as Tokens.Checkbox).checked} />;
    default:
      return visibleChildren(token.raw);
  }
}

function Task({ done }: { readonly done: boolean }): VNode {
  return (
    <span class="markdown-task" role="img" aria-label={done ? "Done:" : "To do:"}>
      {done ? "☑" : "☐"}{" "}
    </span>
  );
}

function Link({ token, inLink }: { readonly token: Tokens.Link; readonly inLink: boolean }): VNode {
  const target = linkTarget(token.autolink === true ? token.href : resolveReferences(token.href));
  // Nothing may be hidden: where a destination cannot be opened, what was written is shown in full.
  if (target === undefined) return <>{visibleChildren(token.raw)}</>;
  const content = token.autolink === true ? visibleChildren(token.text) : inlineContent(token.tokens, true);
  if (inLink) return <>{content}</>;
  const place = undisclosedPlace(plainText(token.tokens, token.autolink === true), target);
  return (
    <Outward target={target} name="markdown-link">
      {content}
      {place === undefined ? null : <span class="markdown-place"> ({visibleChildren(place)})</span>}
    </Outward>
  );
}

/** An image is never fetched: its name is a link to it, which the reader may follow. */
function ImageName({ token, inLink }: { readonly token: Tokens.Image; readonly inLink: boolean }): VNode {
  const target = linkTarget(resolveReferences(token.href));
  if (target === undefined) return <>{visibleChildren(token.raw)}</>;
  const alternative = resolveReferences(token.text).trim();
  const content = (
    <>
      <span class="markdown-image-kind">Image</span>{" "}
      {alternative === "" ? null : <bdi>{visibleChildren(alternative)}</bdi>}{" "}
      <span class="markdown-place">({visibleChildren(target.place)})</span>
    </>
  );
  if (inLink) return <span class="markdown-image">{content}</span>;
  return (
    <Outward target={target} name="markdown-image">
      {content}
    </Outward>
  );
}

interface OutwardProps {
  readonly target: LinkTarget;
  readonly name: string;
  readonly children: ComponentChildren;
}

function Outward({ target, name, children }: OutwardProps): VNode {
  return (
    <a
      class={name}
      href={target.href}
      title={target.href.slice(0, 500)}
      target="_blank"
      rel="noopener noreferrer nofollow"
    >
      <bdi>{children}</bdi>
    </a>
  );
}

function plainText(tokens: readonly Token[], isLiteral: boolean): string {
  let text = "";
  for (const token of tokens) {
    if ("tokens" in token && token.tokens !== undefined) text += plainText(token.tokens, isLiteral);
    else if (token.type === "text" && !isLiteral) text += resolveReferences(token.raw);
    else text += "text" in token && typeof token.text === "string" ? token.text : token.raw;
  }
  return text;
}
