import fc from "fast-check";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import { textOf, violationsIn } from "../../testing/inert-html.ts";
import { Markdown } from "./markdown.tsx";

const rendered = (text: string, live = false): string => renderToString(h(Markdown, { text, live }));

const hostile: Readonly<Record<string, string>> = {
  "a script": "<script>alert(1)</script>",
  "a script within a sentence": "a <script>alert(1)</script> b",
  "an image with a listener": "<img src=x onerror=alert(1)>",
  "an svg with a listener": "<svg/onload=alert(1)><animate onbegin=alert(1) attributeName=x>",
  "a style": "<style>body{display:none}</style>\n\n<p style='position:fixed;inset:0'>x</p>",
  "an iframe": '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  "a form and a base": '<form action=https://evil.com><input name=p></form><base href="https://evil.com/">',
  "a meta refresh": '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  "a comment that is not closed": "<!-- <script>alert(1)</script>",
  "cdata and instructions": "<![CDATA[<script>alert(1)</script>]]> <?php alert(1) ?> <!DOCTYPE x>",
  "an HTML link": '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
  "HTML in a link": "[<img src=x onerror=alert(1)>](https://a.b)",
  "HTML in a title": '[x](https://a.b "\\"><script>alert(1)</script>")',
  "quotes in a destination": '[x](https://a.b/"onmouseover="alert(1))',
  "quotes in the name of an image": '![" onerror="alert(1)](https://a.b/c.png)',
  "quotes in a language": '```"><script>alert(1)</script>\nx\n```',
  "a listener in a language": '~~~x" onclick="alert(1)\nx\n~~~',
  "HTML in a cell":
    "| <script>alert(1)</script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | [c](javascript:alert(1)) |",
  "HTML in an item": "- <script>alert(1)</script>\n- [x](data:text/html,<script>alert(1)</script>)",
  "HTML in a definition": "[x]\n\n[x]: javascript:alert(1) '<script>'",
  "HTML by references": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
};

const notFollowed: readonly string[] = [
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x]( javascript:alert(1))",
  "[x](<java\tscript:alert(1)>)",
  "[x](<java script:alert(1)>)",
  "[x](&#106;avascript:alert(1))",
  "[x](&#x6A;avascript&colon;alert(1))",
  "[x](&#x0000006a&#x61vascript:alert(1))",
  "[x](java&Tab;script&colon;alert&lpar;1&rpar;)",
  "[x](java&NewLine;script:alert(1))",
  "[x](\u0001javascript:alert(1))",
  "[x](java\u200bscript:alert(1))",
  "[x](javascript\\:alert(1))",
  "[x](vbscript:msgbox(1))",
  "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
  "[x](blob:https://a.b/c)",
  "[x](file:///etc/passwd)",
  "[x](ftp://a.b/c)",
  "[x](view-source:https://a.b)",
  "[x](//evil.com)",
  "[x](/v1/conversations)",
  "[x](#top)",
  "[x](?q)",
  "[x](https:evil.com)",
  "[x](https:/evil.com)",
  "[x](https://)",
  "[x](http://[)",
  "[x]()",
  "[x][r]\n\n[r]: javascript:alert(1)",
  "[x][r]\n\n[r]: <data:text/html,x>",
  "[r]\n\n[r]: JAVASCRIPT:alert(1)",
  "<javascript:alert(1)>",
  "<JAVASCRIPT:alert(1)>",
  "<data:text/html,x>",
  "<x-odd:thing>",
  "<irc://a.b/c>",
  "![x](javascript:alert(1))",
  "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
  "![x](cid:1)",
];

describe("A15: what a model writes is inert", () => {
  test.each(Object.entries(hostile))("A15: %s is shown as text", (_name, text) => {
    for (const live of [false, true]) expect(violationsIn(rendered(text, live))).toEqual([]);
  });

  test("A15: raw HTML is shown as it was written", () => {
    expect(textOf(rendered("a <b onclick=x>b</b> c"))).toBe("a <b onclick=x>b</b> c");
    expect(textOf(rendered("<div>\n**x**\n</div>"))).toBe("<div>\n**x**\n</div>");
  });

  test.each(notFollowed)("A15: no link and no request comes of %j", (text) => {
    const html = rendered(text);
    expect(html).not.toContain("href=");
    expect(html).not.toContain("<img");
    expect(violationsIn(html)).toEqual([]);
  });

  test("A15: an image is a link with its host, and is not fetched", () => {
    const html = rendered("![A cat](https://images.example.com/cat.png)");
    expect(html).toContain('href="https://images.example.com/cat.png"');
    expect(textOf(html)).toBe("Image A cat (images.example.com)");
    expect(html).not.toContain("<img");
  });

  test("A15: a link in a link is not followed twice", () => {
    const html = rendered("[![badge](https://a.b/c.svg)](https://d.e/f)");
    expect(html.match(/<a /g)).toHaveLength(1);
    expect(html).toContain('href="https://d.e/f"');
  });

  test("A15: a link whose text names another host tells where it goes", () => {
    expect(textOf(rendered("[https://bank.com](https://evil.com/x)"))).toBe("https://bank.com (evil.com)");
    expect(textOf(rendered("[bank.com](https://bank.com@evil.com/x)"))).toBe("bank.com (evil.com)");
    expect(textOf(rendered("[www.bank.com](https://bank.com/login)"))).toBe("www.bank.com");
    expect(textOf(rendered("[read this](https://bank.com/login)"))).toBe("read this");
  });

  test("A15: controls that turn the direction of writing are marked, and copied as they are", () => {
    const html = rendered("a \u202egnp.exe\u202c `\u2066x` &#8238;");
    expect(html).toContain('data-label="U+202E"');
    expect(html).toContain('data-label="U+2066"');
    const unmarked = html.replace(/<span class="control-mark"[^>]*>[^<]*<\/span>/g, "");
    expect(unmarked).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
    expect(textOf(html)).toBe("a \u202egnp.exe\u202c \u2066x \u202e");
  });

  const fragment = fc.constantFrom(
    "<script>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=x>",
    "javascript:",
    "JAVASCRIPT:",
    "data:text/html,",
    "[",
    "]",
    "](",
    ")",
    "(",
    "![",
    "<",
    ">",
    '"',
    "'",
    "&#x3c;",
    "&lt;",
    "&#106;",
    "&colon;",
    "&Tab;",
    "\\",
    "`",
    "```",
    "~~~",
    "*",
    "**",
    "_",
    "~~",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "> ",
    "# ",
    "|",
    "|-|-|\n",
    "    ",
    "\t",
    "\u0000",
    "\u202e",
    "\u200b",
    "https://",
    "a.b",
    "mailto:",
    "a@b.c",
    "[r]: ",
    "[r]",
    "- [ ] ",
    "www.",
    "\r",
    "\r\n",
    "on",
    "=",
    " ",
    "x",
    "😀",
    "\ud800",
  );

  test("A15: whatever is put together, nothing but text comes out", () => {
    const anyText = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, live) => {
        expect(violationsIn(rendered(text, live))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("Markdown", () => {
  test("headings stand below those of the page", () => {
    expect(rendered("# a\n\n###### b")).toBe(
      '<div class="markdown"><h3 dir="auto">a</h3><h6 dir="auto">b</h6></div>',
    );
  });

  test("a definition counts in the whole message, and the first of a label", () => {
    const html = rendered("[a] and [b][A]\n\n[a]: https://one.example\n\n[a]: https://two.example\n\n- [a]");
    expect(html.match(/href="https:\/\/one\.example\/"/g)).toHaveLength(3);
    expect(html).not.toContain("two.example");
  });

  test("a list with blank lines is one list, with the fences in its items", () => {
    const html = rendered("1. a\n\n   ```ts\n   b\n\n   c\n   ```\n\n2. d\n\nafter");
    expect(html.match(/<ol/g)).toHaveLength(1);
    expect(html.match(/<pre/g)).toHaveLength(1);
    expect(html).toContain('<p dir="auto">after</p>');
  });

  test("a fence that is open is code while it streams, and the rest of a message never leaves it", () => {
    const html = rendered("Look:\n```ts\nlet a;\n\n# not a heading\n- not a list", true);
    expect(html).toContain('<p dir="auto">Look:</p>');
    expect(html).toContain("<code>let a;\n\n# not a heading\n- not a list</code>");
  });

  test("a long table goes on under its header", () => {
    const rows = Array.from({ length: 300 }, (_, index) => `| row ${index} | ${"x".repeat(20)} |`);
    const html = rendered(`| name | value |\n|---|---|\n${rows.join("\n")}`);
    const tables = html.match(/<table>/g) ?? [];
    expect(tables.length).toBeGreaterThan(1);
    expect(html.match(/<th scope="col" dir="auto">name<\/th>/g)).toHaveLength(tables.length);
    expect(html.match(/<td dir="auto">row \d+<\/td>/g)).toHaveLength(300);
  });

  test("a long message is shown in part, and says how much is not shown", () => {
    const html = rendered("word ".repeat(30_000));
    expect(html).toContain("Show more (50,000 characters)");
    expect(textOf(html).length).toBeLessThan(101_000);
  });

  test("a message of very many short lines is shown in part", () => {
    const html = rendered("- a\n".repeat(20_000));
    expect(html.match(/<li /g)).toHaveLength(3_000);
    expect(html).toContain("Show more (68,000 characters)");
  });

  test("no word is lost where Markdown is not understood", () => {
    expect(textOf(rendered(`${"> ".repeat(50)}deep`))).toContain("deep");
    expect(textOf(rendered(`${"**a ".repeat(900)}b**`))).toContain("b**");
  });
});
