// Reads what a component rendered and tells everything in it that could do something.

export interface Allowed {
  readonly elements: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
}

const textElements =
  "div p span bdi strong em del code pre br hr blockquote ul ol li h3 h4 h5 h6 table thead tbody tr th td a button svg path";
const quietAttributes =
  "class dir title role aria-label aria-hidden tabindex scope start href target rel type data-label viewBox width height " +
  "focusable d fill stroke stroke-width stroke-linecap stroke-linejoin hidden aria-expanded";

/** What the kit's components for texts of others are made of. */
export const allowedInTexts: Allowed = {
  elements: new Set(textElements.split(" ")),
  attributes: new Set(quietAttributes.split(" ")),
};

const tag = /^<\/?([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z][\w-]*(?:="[^"]*")?)*)\s*\/?>/;

/**
 * Everything in `html` that is not on the lists: elements, attributes, and destinations that are not http, https or
 * mailto. Empty for a text that is inert. The renderer escapes each `<` of a text, so one that begins no tag is told too.
 */
export function violationsIn(html: string, allowed: Allowed = allowedInTexts): readonly string[] {
  const violations: string[] = [];
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at + 1)) {
    const match = tag.exec(html.slice(at, at + 20_000));
    if (match === null) violations.push(`no tag: ${html.slice(at, at + 40)}`);
    else violations.push(...violationsOf(match[1] ?? "", match[2] ?? "", allowed));
  }
  return violations;
}

function violationsOf(element: string, attributes: string, allowed: Allowed): readonly string[] {
  const violations = allowed.elements.has(element) ? [] : [`element ${element}`];
  for (const [, name = "", value = ""] of attributes.matchAll(/([A-Za-z][\w-]*)(?:="([^"]*)")?/g)) {
    if (!allowed.attributes.has(name)) violations.push(`attribute ${name}`);
    if (name === "href" && !/^(?:https?:\/\/[^/]|mailto:)/.test(value)) violations.push(`href ${value}`);
    if (name === "rel" && value !== "noopener noreferrer nofollow") violations.push(`rel ${value}`);
  }
  return violations;
}

/** The text that a reader of `html` sees, and would copy. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}
