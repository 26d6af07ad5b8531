import fc from "fast-check";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { beforeAll, describe, expect, test } from "vitest";
import { textOf, violationsIn } from "../../testing/inert-html.ts";
import { ansiRuns } from "./ansi-runs.ts";
import { chunkChars, chunksOf } from "./chunks.ts";
import { Code, loadHighlighter } from "./code.tsx";
import { Diff, loadComparer, UnifiedDiff } from "./diff.tsx";
import { JsonValue } from "./json-value.tsx";
import { outputParts } from "./output-parts.ts";
import { ToolText } from "./tool-text.tsx";
import { unifiedRows } from "./unified-rows.ts";
import { hasControls, visibleRuns, withSymbols } from "./visible-controls.ts";

const anyText = fc.string({ unit: "binary", maxLength: 200 });

describe("controls", () => {
  test("A15: the runs of a text are the text, and no control is left in the ordinary ones", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const runs = visibleRuns(text);
        expect(runs.map((run) => run.text).join("")).toBe(text);
        for (const run of runs)
          if (run.kind === "text")
            expect(run.text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e0fff}]/u);
      }),
    );
  });

  test("A15: what hides or turns a text is found, and ordinary writing is left alone", () => {
    for (const hidden of [
      "a\u202eb",
      "a\u200bb",
      "pa\u200dypal",
      "\u{e0041}",
      "a\u001b[m",
      "\ufeff",
      "a\u00adb",
      "\u2066",
    ]) {
      expect(hasControls(hidden)).toBe(true);
    }
    for (const ordinary of ["a\tb\nc", "👩‍💻 👍🏽 ❤️", "می‌خواهم", "क्‍ष", "naïve – “quoted” 日本語"]) {
      expect(hasControls(ordinary)).toBe(false);
    }
  });

  test("A15: where only text can stand, such as the title of a tab, each row of controls is one symbol", () => {
    expect(withSymbols("a\u202e\u2066b\nc\u0007")).toBe("a␦b\nc␦");
  });

  test("A15: a text of nothing but controls costs no more marks than its bound", () => {
    const runs = visibleRuns("a\u202e".repeat(10_000));
    expect(runs.filter((run) => run.kind === "control")).toHaveLength(200);
    expect(hasControls(runs.at(-1)?.text ?? "\u202e")).toBe(false);
  });
});

describe("chunks", () => {
  test("the pieces of a text are the text, and those before the last stay when it grows", () => {
    const long = fc.array(fc.constantFrom("line\n", "x".repeat(3_000), "😀".repeat(2_001), "\n"), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(long, long, (parts, more) => {
        const text = parts.join("");
        const before = chunksOf(text);
        const after = chunksOf(text + more.join(""));
        expect(before.join("")).toBe(text);
        expect(after.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1));
        for (const chunk of before) {
          expect(chunk.length).toBeLessThanOrEqual(chunkChars);
          expect(chunk.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});

describe("colors of code", () => {
  beforeAll(loadHighlighter);

  test("code takes on colors by its language, or an alias of it", () => {
    const html = renderToString(h(Code, { text: "const a = 1; // x", language: "TS" }));
    expect(html).toContain('<span class="code-keyword">const</span>');
    expect(html).toContain('<span class="code-comment">// x</span>');
    expect(textOf(html)).toBe("const a = 1; // x");
  });

  test("code in no known language, or too long, stays plain", () => {
    expect(renderToString(h(Code, { text: "let a", language: "__proto__" }))).toBe("let a");
    const long = "let a;\n".repeat(8_000);
    expect(renderToString(h(Code, { text: long, language: "ts" }))).not.toContain("code-keyword");
    const wide = `let a = ${"1 + ".repeat(200)}1;`;
    expect(renderToString(h(Code, { text: wide, language: "ts" }))).not.toContain("code-keyword");
  });

  test("A15: brackets that open thousands deep are shown", () => {
    const text = `${"a(".repeat(200)}\n`.repeat(45);
    expect(textOf(renderToString(h(Code, { text, language: "ts" })))).toBe(text);
  });

  test("A15: whatever the code, its text comes out and nothing else", () => {
    const code = fc.array(
      fc.constantFrom(
        "<script>",
        "</",
        "`${",
        '"',
        "'",
        "/*",
        "*/",
        "\n",
        "a = ",
        "<!--",
        "\u202e",
        "&lt;",
        "{",
        "}",
      ),
    );
    fc.assert(
      fc.property(
        code,
        fc.constantFrom("ts", "html", "css", "python", "bash", "json", "markdown", "diff", "rust"),
        (parts, language) => {
          const html = renderToString(h(Code, { text: parts.join(""), language }));
          expect(violationsIn(html)).toEqual([]);
          expect(textOf(html)).toBe(parts.join(""));
        },
      ),
    );
  });
});

describe("output of commands", () => {
  test("colors become styles, and end where they are reset", () => {
    expect(ansiRuns("a\u001b[1;31mb\u001b[0mc\u001b[38;5;2md\u001b[38;2;1;2;3me\u001b[97mf")).toEqual([
      { text: "a", style: {} },
      { text: "b", style: { bold: true, color: "red" } },
      { text: "c", style: {} },
      { text: "d", style: { color: "green" } },
      { text: "e", style: { color: "green" } },
      { text: "f", style: { color: "white", bold: true } },
    ]);
  });

  test("A15: titles, links, cursor movements and modes are taken out", () => {
    const written =
      "\u001b]0;title\u0007a\u001b]8;;javascript:alert(1)\u001b\\link\u001b]8;;\u001b\\\u001b[2J\u001b[1;1H\u001b[?25l\u001b(B\u001b=b\u009b31mc";
    expect(
      ansiRuns(written)
        .map((run) => run.text)
        .join(""),
    ).toBe("alinkbc");
  });

  test("A15: a sequence that never ends swallows nothing, and its escape is marked", () => {
    const html = renderToString(h(ToolText, { text: `\u001b]0;${"x".repeat(5_000)}\nrest` }));
    expect(textOf(html)).toContain("rest");
    expect(html).toContain('data-label="U+001B"');
  });

  test("lines that show progress are shown as they ended", () => {
    expect(
      textOf(renderToString(h(ToolText, { text: "get\r\n 10%\r 50%\r100%\ndone\r\nbo\u0008old" }))),
    ).toBe("get\n100%\ndone\nbold");
  });

  test("A15: 5 MB in one line is shown in part", () => {
    const html = renderToString(h(ToolText, { text: "\u202e<b>".repeat(1_250_000) }));
    expect(html.length).toBeLessThan(300_000);
    expect(html).toContain("4,968,000 characters not shown");
    expect(violationsIn(html)).toEqual([]);
  });

  test("of a long output the first and the last lines are shown", () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}`).join("\n");
    const shown = textOf(renderToString(h(ToolText, { text })));
    expect(shown).toContain("line 0\nline 1\n");
    expect(shown).toContain("line 99998\nline 99999");
    expect(shown).toMatch(/99,7\d\d lines \([\d,]+ characters\) not shown/);
  });

  test("the parts of an output are cut at lines and leave out what they say", () => {
    const lines = fc.array(fc.constantFrom("a\n", "bb\n", "\n", "c".repeat(30), "😀"), { maxLength: 60 });
    fc.assert(
      fc.property(lines, (parts) => {
        const text = parts.join("");
        const { head, tail, hiddenChars } = outputParts(
          text,
          { chars: 40, lines: 5 },
          { chars: 20, lines: 3 },
        );
        expect(head.length + hiddenChars + tail.length).toBe(text.length);
        expect(text.startsWith(head)).toBe(true);
        expect(text.endsWith(tail)).toBe(true);
        expect(head.isWellFormed() && tail.isWellFormed()).toBe(true);
        if (hiddenChars > 0) expect(head.length + tail.length).toBeLessThanOrEqual(60);
      }),
    );
  });

  test("A15: whatever a command writes, nothing but text comes out", () => {
    const written = fc.array(
      fc.constantFrom(
        "\u001b[",
        "\u001b]8;;",
        "\u001b",
        "31",
        ";",
        "m",
        "\u0007",
        "\r",
        "\n",
        "\u0008",
        "<script>",
        "\u009b",
        "x",
        "38;5",
        "\u202e",
        "\u0000",
      ),
    );
    fc.assert(
      fc.property(written, (parts) => {
        expect(violationsIn(renderToString(h(ToolText, { text: parts.join("") })))).toEqual([]);
      }),
    );
  });
});

describe("differences", () => {
  beforeAll(loadComparer);
  const diffOf = (before: string, after: string): string => renderToString(h(Diff, { before, after }));

  test("a changed line is told by sign, word and number, with what changed in it", () => {
    const html = diffOf("a\nlet count = 1;\nc\n", "a\nlet count = 22;\nc\n");
    expect(html).toContain(
      '<span class="visually-hidden">Removed: </span>let count = <span class="diff-mark">1</span>;',
    );
    expect(html).toContain(
      '<span class="visually-hidden">Added: </span>let count = <span class="diff-mark">22</span>;',
    );
    expect(html).toMatch(
      /diff-added"><span class="diff-number"><\/span><span class="diff-number">2<\/span><span class="diff-sign" aria-hidden="true">\+/,
    );
    expect(violationsIn(html)).toEqual([]);
  });

  test("equal texts have no difference, and texts that are too different are shown one by one", () => {
    expect(textOf(diffOf("a", "a"))).toBe("No difference.");
    const before = Array.from({ length: 3_000 }, (_, index) => `a${index}\n`).join("");
    expect(diffOf(before, before.replaceAll("a", "b"))).toContain(
      "Too much differs to compare line by line.",
    );
  });

  test("a unified diff gets its line numbers, and takes lines that look like headers as lines", () => {
    const text =
      "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3,2 +3,2 @@ f\n same\n--- removed\n+++ added\n\\ No newline at end of file\ntail";
    expect(unifiedRows(text)).toEqual([
      { kind: "note", text: "diff --git a/x b/x" },
      { kind: "note", text: "--- a/x" },
      { kind: "note", text: "+++ b/x" },
      { kind: "note", text: "@@ -3,2 +3,2 @@ f" },
      { kind: "same", before: 3, after: 3, text: "same" },
      { kind: "removed", before: 4, text: "-- removed" },
      { kind: "added", after: 4, text: "++ added" },
      { kind: "note", text: "\\ No newline at end of file" },
      { kind: "note", text: "tail" },
    ]);
  });

  test("A15: a diff of hostile text is text", () => {
    const html = renderToString(h(UnifiedDiff, { text: "@@ -1 +1 @@\n-<script>\n+<img onerror=x> \u202e" }));
    expect(violationsIn(html)).toEqual([]);
    expect(html).toContain('data-label="U+202E"');
  });
});

describe("JSON", () => {
  const jsonOf = (value: unknown): string => renderToString(h(JsonValue, { value }));

  test("the first levels are open and the deeper ones folded", () => {
    const shown = textOf(jsonOf({ a: { b: { c: 1 } }, d: [1, "x", null, true], e: [] }));
    expect(shown).toBe('{"a": {"b": { 1 key }}"d": [1"x"nulltrue]"e": []}');
  });

  test("A15: a value of any depth, size and content is shown harmlessly", () => {
    let deep: unknown = "<script>";
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`<k${index}>`, "\u202e"]));
    const html = jsonOf({ deep, wide, text: "x".repeat(5_000_000), ["__proto__"]: 1 });
    expect(html.length).toBeLessThan(200_000);
    expect(html).toContain("4,998,000 characters more");
    expect(html).toContain("50,000 keys");
    expect(violationsIn(html)).toEqual([]);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(violationsIn(jsonOf(value))).toEqual([]);
      }),
    );
  });
});
