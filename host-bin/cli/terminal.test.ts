import { expect, test } from "vitest";
import { safeJson, safeText } from "./terminal.ts";

test("E5: nothing that a terminal would obey gets through", () => {
  const hostile = "a\u001b[31mb\u001b]0;title\u0007c\u009b2Jd\re\u0000f\u007fg\b\u202ereversed\u2066";
  expect(safeText(hostile)).toBe("a[31mb]0;titlec2Jdefgreversed");
});

test("lines, tabs and every script stay as they are", () => {
  const text = "one\n\ttwo: äöü שלום 你好 👩‍💻";
  expect(safeText(text)).toBe(text);
});

test("E5: JSON keeps what it holds, and nothing of it steers a terminal", () => {
  const hostile = { text: "a\u001b[31m\u009b2J\u202ereversed\u2066\u007f \n äöü 👩‍💻" };
  const json = safeJson(hostile);
  expect(json).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  expect(JSON.parse(json)).toEqual(hostile);
});
