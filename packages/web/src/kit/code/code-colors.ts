// What the highlighter says about code, in the few colors that the page has.

/** The colors of code; each is a class `code-...` and a custom property. */
export type CodeColor =
  | "keyword"
  | "string"
  | "number"
  | "comment"
  | "title"
  | "attribute"
  | "added"
  | "removed";

export interface ColorRun {
  readonly text: string;
  readonly color: CodeColor | undefined;
}

/** The part of a highlighter's tree that is read. */
export type CodeNode =
  | { readonly type: "text"; readonly value: string }
  | {
      readonly type: "element";
      readonly properties: { readonly className?: unknown };
      readonly children: readonly CodeNode[];
    }
  | { readonly type: "comment" | "doctype" };

const colorOfScope: ReadonlyMap<string, CodeColor> = new Map(
  Object.entries({
    keyword: "keyword",
    built_in: "keyword",
    type: "keyword",
    literal: "number",
    number: "number",
    symbol: "number",
    string: "string",
    regexp: "string",
    char: "string",
    link: "string",
    code: "string",
    comment: "comment",
    quote: "comment",
    doctag: "comment",
    title: "title",
    section: "title",
    name: "title",
    "selector-tag": "title",
    "selector-class": "title",
    "selector-id": "title",
    attr: "attribute",
    attribute: "attribute",
    property: "attribute",
    "selector-attr": "attribute",
    "selector-pseudo": "attribute",
    variable: "attribute",
    "template-variable": "attribute",
    meta: "attribute",
    bullet: "attribute",
    addition: "added",
    deletion: "removed",
  } satisfies Record<string, CodeColor>),
);

/** The runs of a highlighted text, in order: the innermost color counts, neighbours of one color are one run. */
export function colorRuns(nodes: readonly CodeNode[]): readonly ColorRun[] {
  const runs: ColorRun[] = [];
  // Newest last, and no recursion: code that opens ten thousand brackets is a tree of that depth.
  const waiting = nodes.map((node): Colored => ({ node, color: undefined })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, color } = next;
    if (node.type === "text") append({ text: node.value, color }, runs);
    if (node.type !== "element") continue;
    const inner = colorOf(node.properties.className) ?? color;
    for (const child of [...node.children].reverse()) waiting.push({ node: child, color: inner });
  }
  return runs;
}

interface Colored {
  readonly node: CodeNode;
  readonly color: CodeColor | undefined;
}

function append(run: ColorRun, runs: ColorRun[]): void {
  const last = runs.at(-1);
  if (last === undefined || last.color !== run.color) runs.push(run);
  else runs[runs.length - 1] = { text: last.text + run.text, color: run.color };
}

function colorOf(className: unknown): CodeColor | undefined {
  const first = Array.isArray(className) ? className[0] : undefined;
  return typeof first === "string" ? colorOfScope.get(first.replace(/^hljs-/, "")) : undefined;
}
