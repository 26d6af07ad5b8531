import fc from "fast-check";
import { expect, test } from "vitest";
import { replaceText } from "./replace-text.ts";

test("one occurrence is replaced, with its line", () => {
  expect(replaceText("a\nb\nc\n", "b", "x\ny", false)).toEqual({
    kind: "replaced",
    text: "a\nx\ny\nc\n",
    lines: [2],
  });
});

test("signs of replacement patterns are taken as they are", () => {
  expect(replaceText("price", "price", "$& $1 $$ $`", false)).toMatchObject({ text: "$& $1 $$ $`" });
});

test("several occurrences need to be meant", () => {
  const text = "one\ntwo\none one\n";
  expect(replaceText(text, "one", "1", false)).toEqual({ kind: "ambiguous", lines: [1, 3, 3] });
  expect(replaceText(text, "one", "1", true)).toEqual({
    kind: "replaced",
    text: "1\ntwo\n1 1\n",
    lines: [1, 3, 3],
  });
});

test("a near miss is pointed at", () => {
  const text = "if (x) {\n\treturn 1;\n}\n";
  expect(replaceText(text, "  return 1;", "y", false)).toEqual({ kind: "not-found", similarLine: 2 });
  expect(replaceText(text, "nothing alike", "y", false)).toEqual({
    kind: "not-found",
    similarLine: undefined,
  });
});

test("line ends of the file are kept where the model knows only one kind", () => {
  expect(replaceText("a\r\nb\r\nc\r\n", "a\nb", "x\ny\nz", false)).toEqual({
    kind: "replaced",
    text: "x\r\ny\r\nz\r\nc\r\n",
    lines: [1],
  });
});

test("for any text, what stands before and after the one occurrence stays", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (before, after, replacement) => {
      const result = replaceText(`${before}\u{1F511}${after}`, "\u{1F511}", replacement, false);
      fc.pre(!`${before}${after}`.includes("\u{1F511}"));
      expect(result).toMatchObject({ kind: "replaced", text: before + replacement + after });
    }),
  );
});
