import { expect, test } from "vitest";
import { failureText } from "./failure-text.ts";

test("an error is its message, or its name where it has none", () => {
  expect(failureText(new Error("disk full"))).toBe("disk full");
  expect(failureText(new TypeError())).toBe("TypeError");
  expect(failureText("plain")).toBe("plain");
  expect(failureText(undefined)).toBe("undefined");
});

test("it is one line without control characters", () => {
  expect(failureText(new Error("a\r\nb\u001b[31mc\u0000\u2028d\u202e"))).toBe("a b [31mc d");
});

test("a text without end is cut", () => {
  expect(failureText(new Error("x".repeat(10_000_000)))).toHaveLength(501);
});

test("what cannot be shown does not throw", () => {
  class Hostile extends Error {
    override get message(): string {
      throw new Error("no");
    }
  }
  expect(failureText(new Hostile())).toBe("it threw something that cannot be shown");
  expect(failureText(Object.create(null))).toBe("it threw something that cannot be shown");
});
