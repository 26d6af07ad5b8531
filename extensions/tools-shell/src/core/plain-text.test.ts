import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toPlainText } from "./plain-text.ts";

describe("E5: what a terminal would act on is taken out", () => {
  test.each([
    ["colours", "\u001b[1;31mred\u001b[0m text", "red text"],
    ["a title (OSC, ended by BEL)", "a\u001b]0;title\u0007b", "ab"],
    ["a link (OSC, ended by ST)", "\u001b]8;;https://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["a write to the clipboard", "\u001b]52;c;ZXZpbA==\u0007", ""],
    ["a device control string", "a\u001bPq#0;2\u001b\\b", "ab"],
    ["8-bit controls", "a\u009b31mb\u009d0;t\u009cc\u0090x\u009cd", "abcd"],
    ["character sets and other short sequences", "a\u001b(Bb\u001b=c\u001bMd", "abcd"],
    ["cursor movement and erasing", "secret\u001b[2K\u001b[1Aseen", "secretseen"],
    ["bells, backspaces, NUL and DEL", "a\u0007b\bc\0d\u007fe", "abcde"],
    ["an escape at the end", "a\u001b", "a"],
    ["a sequence that is cut", "a\u001b[31", "a"],
    ["a sequence broken by a line end", "a\u001b[31\nb", "a\nb"],
    ["an OSC that does not end", "a\u001b]0;swallow\nnext line", "a\nnext line"],
  ])("%s", (_name, output, expected) => {
    expect(toPlainText(output)).toBe(expected);
  });

  test("E5: a carriage return cannot write over what was said before", () => {
    expect(toPlainText("deleted all files\rnothing was done")).toBe("deleted all files\nnothing was done");
    expect(toPlainText("a\r\nb\r\n")).toBe("a\nb\n");
    expect(toPlainText("10%\r20%\r100%\n")).toBe("10%\n20%\n100%\n");
  });

  test("line ends, tabs and other writing stay", () => {
    const text = "a\tb\n日本語 \u{1F600} é [31m \\u001b\n";
    expect(toPlainText(text)).toBe(text);
  });
});

test("E5: for any output, nothing that controls a terminal is left, and doing it again changes nothing", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "\u001b",
      "\u001b[",
      "\u001b]",
      "\u001bP",
      "\u009b",
      "\u009d",
      "\u0007",
      "\u001b\\",
      "\r",
      "\n",
      "0;",
      "m",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const plain = toPlainText(pieces.join(""));
      expect(plain).not.toMatch(/[^\P{Cc}\t\n]/u);
      expect(toPlainText(plain)).toBe(plain);
    }),
  );
});

test("E5: of text without controls nothing is lost", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!/[^\P{Cc}\t\n]/u.test(text));
      expect(toPlainText(text)).toBe(text);
    }),
  );
});

test("C14s: hostile outputs are read in one pass", () => {
  for (const unit of ["\u001b]", "\u001b[", "\u001b[1;", "\u001bP", "\u001b ", "\r", "\u009d"]) {
    expect(toPlainText(unit.repeat(500_000)).replaceAll("\n", "").length).toBeLessThan(2_000_000);
  }
});
