import fc from "fast-check";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { blockContent } from "./block-content.tsx";
import { MarkdownReader, type ReadBlock } from "./markdown-reader.ts";
import { BlockSplitter } from "./split-blocks.ts";

const line = fc.constantFrom(
  "",
  "",
  "",
  "text",
  "more *text* here",
  "a | b",
  "|-|-|",
  "---|---",
  "| c | d |",
  "- item",
  "- ",
  "-",
  "* star",
  "12. twelve",
  "1) one",
  "  continued",
  "   - nested",
  "      deep",
  "    indented",
  "\tindented by a tab",
  "```",
  "```ts",
  "````",
  "~~~",
  "  ```",
  "   ~~~ x",
  "- ```js",
  "> quote",
  "> - quoted item",
  ">",
  "> ```",
  "# heading",
  "## [r] heading",
  "===",
  "---",
  "***",
  "* * *",
  "[r]: https://a.b",
  "[R]: https://c.d",
  "[s]:",
  "https://e.f 'title'",
  "[r] and [s][r]",
  "![r]",
  "<div>",
  "</div>",
  "<!--",
  "-->",
  "**open",
  "close**",
  "`tick",
  "two  ",
  "back\\",
  "- [x] done",
  "x".repeat(900),
  `- ${"y".repeat(700)}`,
  "\r",
  "a\rb",
  "&amp;",
);
const markdown = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.constantFrom("\n", "\n", "\r\n"), fc.string({ maxLength: 5 }))
  .map(([lines, lineEnd, rest]) => lines.join(lineEnd) + rest);
const cuts = fc.array(fc.nat(2_000), { maxLength: 30 });

function pieces(text: string, at: readonly number[]): readonly string[] {
  const ends = at.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b);
  return [...ends, text.length].map((end) => text.slice(0, end));
}

function htmlOf(blocks: readonly ReadBlock[]): readonly string[] {
  return blocks.map((block) => renderToString(h("div", null, blockContent(block, false))));
}

test("a message that came in pieces is shown as the message at once", () => {
  fc.assert(
    fc.property(markdown, cuts, (text, at) => {
      const reader = new MarkdownReader();
      for (const part of pieces(text, at)) reader.read(part, true);
      const streamed = reader.read(text, false);
      const whole = new MarkdownReader().read(text, false);
      expect(htmlOf([...streamed.settled, ...streamed.unsettled])).toEqual(
        htmlOf([...whole.settled, ...whole.unsettled]),
      );
    }),
    { numRuns: 1_500 },
  );
});

test("a settled block stays the same object while pieces arrive", () => {
  fc.assert(
    fc.property(markdown, cuts, (text, at) => {
      const reader = new MarkdownReader();
      let before: readonly ReadBlock[] = [];
      for (const part of pieces(text, at)) {
        const { settled } = reader.read(part, true);
        before.forEach((block, index) => {
          expect(settled[index]).toBe(block);
        });
        before = [...settled];
      }
    }),
  );
});

test("the blocks of a message hold all of its text, and none of them exceeds its bound", () => {
  fc.assert(
    fc.property(markdown, (text) => {
      const splitter = new BlockSplitter();
      splitter.advance(text);
      const blocks = [...splitter.settled, ...splitter.unsettled()];
      const letters = (written: string): number => written.replace(/[^a-z]/g, "").length;
      const shown = blocks.reduce(
        (sum, block) => sum + letters(block.text) + (block.kind === "fence" ? letters(block.language) : 0),
        0,
      );
      expect(shown).toBeGreaterThanOrEqual(letters(text));
      for (const block of blocks)
        if (block.kind === "markdown") expect(block.text.length).toBeLessThan(10_000);
    }),
  );
});

test("a definition after its reference is found when the message has ended", () => {
  const reader = new MarkdownReader();
  const start = "See [the page][r].\n\nMore.\n\n";
  const [first] = reader.read(start, true).settled;
  const live = reader.read(`${start}[r]: https://a.b\n\nEnd`, true);
  expect(live.settled[0]).toBe(first);
  const ended = reader.read(`${start}[r]: https://a.b\n\nEnd`, false);
  expect(htmlOf(ended.settled)[0]).toContain('href="https://a.b/"');
});
