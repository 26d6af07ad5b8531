import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedaction } from "./index.ts";

const secretText = fc
  .string({ unit: "grapheme", minLength: 8, maxLength: 60 })
  .filter((secret) => secret.trim().length >= 8 && !secret.includes("["));

test("H3s: a registered value is found as it is, in JSON, in URLs, and in base64 at every alignment", () => {
  fc.assert(
    fc.property(secretText, fc.nat(5), (secret, lead) => {
      const redaction = createRedaction();
      redaction.register(secret);
      const padded = Buffer.from(`${"x".repeat(lead)}${secret}yz`).toString("base64");
      const spelled = [
        secret,
        JSON.stringify({ a: [secret] }),
        JSON.stringify(JSON.stringify(secret)),
        encodeURIComponent(secret.toWellFormed()),
        encodeURIComponent(secret.toWellFormed()).replace(/%../g, (hex) => hex.toLowerCase()),
        padded,
        padded.replaceAll("+", "-").replaceAll("/", "_"),
      ];
      for (const text of spelled) expect(redaction.text(` ${text} `), text).toContain("[redacted:");
      const shown = redaction.text(spelled.join(" | "));
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(encodeURIComponent(secret.toWellFormed()));
      expect(redaction.text(shown)).toBe(shown);
    }),
  );
});

test("a value that is registered twice is forgotten when both have let go of it", () => {
  const redaction = createRedaction();
  const secret = randomBytes(12).toString("hex");
  const [first, second] = [redaction.register(secret), redaction.register(secret)];
  void first();
  void first();
  expect(redaction.text(`It is ${secret}.`)).toBe("It is [redacted:secret].");
  void second();
  expect(redaction.text(`It is ${secret}.`)).toBe(`It is ${secret}.`);
});

test("a value of fewer than 8 characters is left alone", () => {
  const redaction = createRedaction();
  void redaction.register("seven77")();
  redaction.register("seven77");
  expect(redaction.text("seven77")).toBe("seven77");
});

test("of two values of which one begins the other, the longer is taken out whole", () => {
  const redaction = createRedaction();
  redaction.register("correct-horse");
  redaction.register("correct-horse-battery");
  expect(redaction.text("x correct-horse-battery y correct-horse z")).toBe(
    "x [redacted:secret] y [redacted:secret] z",
  );
});

test("in the middle of a word the first two characters stay: whole words are never held back for them", () => {
  const redaction = createRedaction();
  redaction.register("correct-horse");
  expect(redaction.text("incorrect-horses")).toBe("inco[redacted:secret]s");
  const stream = redaction.stream();
  expect([stream.push("abstrac"), stream.push("t music"), stream.push(" co"), stream.push("de")]).toEqual([
    "abstrac",
    "t music",
    " ",
    "code",
  ]);
});

test("a value that is a word of the markers themselves changes no marker", () => {
  const redaction = createRedaction();
  redaction.register("redacted");
  redaction.register("password");
  const shown = redaction.text('{"password":"hunter2!x"} was redacted');
  expect(shown).toBe('{"[redacted:secret]":"hunter2!x"} was [redacted:secret]');
  expect(redaction.text(shown)).toBe(shown);
  expect(redaction.text("[redacted:password]")).toBe("[redacted:password]");
});

test("a registered value wins over a shape that covers a part of it", () => {
  const redaction = createRedaction();
  const secret = `abc${12345}&def${67890}`;
  redaction.register(secret);
  expect(redaction.text(`password=${secret}`)).toBe("password=[redacted:secret]");
});

test("any text can be registered, and nothing throws", () => {
  const redaction = createRedaction();
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ unit: "binary" }),
      (secret, text) => {
        const release = redaction.register(secret);
        expect(typeof redaction.text(text + secret)).toBe("string");
        void release();
      },
    ),
  );
});
