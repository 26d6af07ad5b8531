import fc from "fast-check";
import { expect, test } from "vitest";
import { type Replacement, replaceText } from "./replace-text.ts";

const lengthMax = 1_000_000;
const replace = (text: string, oldText: string, newText: string, all = false): Replacement =>
  replaceText(text, { oldText, newText, all }, lengthMax);

test("one occurrence is replaced, with its line", () => {
  expect(replace("a\nb\nc\n", "b", "x\ny")).toEqual({
    kind: "replaced",
    text: "a\nx\ny\nc\n",
    count: 1,
    lines: [2],
  });
});

test("signs of replacement patterns are taken as they are", () => {
  expect(replace("price", "price", "$& $1 $$ $`")).toMatchObject({ text: "$& $1 $$ $`" });
});

test("several occurrences need to be meant", () => {
  const text = "one\ntwo\none one\n";
  expect(replace(text, "one", "1")).toEqual({ kind: "ambiguous", count: 3, lines: [1, 3, 3] });
  expect(replace(text, "one", "1", true)).toEqual({
    kind: "replaced",
    text: "1\ntwo\n1 1\n",
    count: 3,
    lines: [1, 3, 3],
  });
});

test("two places that overlap are two where one is meant, and one where all are replaced", () => {
  expect(replace("x\n\n\nx", "\n\n", "\n")).toMatchObject({ kind: "ambiguous", count: 2 });
  expect(replace("x\n\n\nx", "\n\n", "\n", true)).toMatchObject({ text: "x\n\nx", count: 1 });
});

test("of many places the first lines are named, and all are counted", () => {
  expect(replace("a\n".repeat(5_000), "a", "b")).toEqual({
    kind: "ambiguous",
    count: 5_000,
    lines: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  });
});

test("a result that would be too long is not made", () => {
  const grown = replace("a".repeat(500_000), "a", "b".repeat(500_000), true);
  expect(grown).toEqual({ kind: "too-long", length: 250_000_000_000 });
});

test("a near miss is pointed at", () => {
  const text = "if (x) {\n\treturn 1;\n}\n";
  expect(replace(text, "  return 1;", "y")).toEqual({ kind: "not-found", similarLine: 2 });
  expect(replace(text, "nothing alike", "y")).toEqual({ kind: "not-found", similarLine: undefined });
});

test.each([
  ["of CRLF, an edit over lines", "a\r\nb\r\nc\r\n", "a\nb", "x\ny\nz", "x\r\ny\r\nz\r\nc\r\n"],
  ["of CRLF, an edit that makes lines of a word", "a\r\nb\r\n", "b", "x\ny", "a\r\nx\r\ny\r\n"],
  ["of CRLF, an edit that names its line ends", "a\r\nb\r\n", "a\r\n", "a\n", "a\nb\r\n"],
  ["of both, an edit that is found as it is", "a\nb\r\nc", "a\n", "x\ny\n", "x\ny\nb\r\nc"],
  ["of both, an edit that is found with CRLF", "a\nb\r\nc", "b\nc", "b\nd", "a\nb\r\nd"],
  ["of LF, an edit that brings a CR", "a\nb\n", "a", "x\r", "x\r\nb\n"],
])("in a file %s keeps the line ends", (_what, text, oldText, newText, expected) => {
  expect(replace(text, oldText, newText)).toMatchObject({ kind: "replaced", text: expected });
});

const withoutCarriageReturn = fc
  .string({ unit: fc.constantFrom("a", "b", " ", "\n", "\ufeff", "é", "🔑", "$&") })
  .map((text) => text.replaceAll("\r", ""));

test("for any text, exactly the one place changes", () => {
  const wanted = withoutCarriageReturn.map((text) => `<${text}>`);
  fc.assert(
    fc.property(
      withoutCarriageReturn,
      wanted,
      withoutCarriageReturn,
      withoutCarriageReturn,
      (before, oldText, newText, after) => {
        const result = replace(before + oldText + after, oldText, newText);
        expect(result).toMatchObject({ kind: "replaced", text: before + newText + after, count: 1 });
      },
    ),
  );
});

test("for any text, all places change as splitting and joining would", () => {
  const wanted = withoutCarriageReturn.filter((text) => text !== "");
  fc.assert(
    fc.property(withoutCarriageReturn, wanted, withoutCarriageReturn, (text, oldText, newText) => {
      const result = replace(text, oldText, newText, true);
      if (text.includes(oldText)) expect(result).toMatchObject({ text: text.split(oldText).join(newText) });
      else expect(result.kind).toBe("not-found");
    }),
  );
});

test("for any text of CRLF lines, an edit in LF leaves CRLF lines", () => {
  fc.assert(
    fc.property(withoutCarriageReturn, withoutCarriageReturn, (before, newText) => {
      const text = `${before}\n<here>\n`.replaceAll("\n", "\r\n");
      const result = replace(text, "<here>", newText);
      const expected = `${before}\n${newText}\n`.replaceAll("\n", "\r\n");
      expect(result).toMatchObject({ kind: "replaced", text: expected });
    }),
  );
});
