import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedaction } from "./index.ts";
import { fragments } from "./testing/fragments.ts";
import { seededChance, syntheticSecrets } from "./testing/synthetic-secrets.ts";

const redaction = createRedaction();
for (const secret of ["registered-secret-1", "redacted:", "nabc1234", 'zz"q\\w1 zz', "line1\nline2\n"])
  redaction.register(secret);

function inPieces(text: string, cuts: readonly number[]): string {
  const stream = redaction.stream();
  let shown = "";
  let at = 0;
  for (const cut of [...cuts].sort((left, right) => left - right)) {
    shown += stream.push(text.slice(at, cut));
    at = Math.max(at, cut);
  }
  shown += stream.push(text.slice(at)) + stream.end();
  // What replaced something says so; a stream may not hide what it did.
  if (shown !== text) expect(stream.found).toBe(true);
  return shown;
}

/** Texts that are made of what rules look at, whole and in halves. */
const nastyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...fragments),
      fc.integer({ min: 0, max: 1_000 }).chain((seed) => {
        const secrets = syntheticSecrets(seededChance(seed)).map(({ text }) => text);
        return fc.constantFrom(...secrets, ...secrets.map((text) => JSON.stringify(text).slice(1, -1)));
      }),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

test("H3s: for every way of cutting it, a text in pieces is redacted as if it had come at once", () => {
  fc.assert(
    fc.property(nastyText, fc.array(fc.nat(2_000), { maxLength: 40 }), (text, cuts) => {
      expect(
        inPieces(
          text,
          cuts.map((cut) => Math.min(cut, text.length)),
        ),
      ).toBe(redaction.text(text));
    }),
    { numRuns: 1_500 },
  );
});

test("H3s: also when it comes character by character", () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      expect(inPieces(text, Array.from(text, (_, at) => at).slice(1))).toBe(redaction.text(text));
    }),
    { numRuns: 500 },
  );
});

test("H3s: every shape, cut in two at each of its places", () => {
  for (const { text } of syntheticSecrets(seededChance(3))) {
    const whole = `before ${text} after`;
    const expected = redaction.text(whole);
    for (let cut = 0; cut <= whole.length; cut += 1) expect(inPieces(whole, [cut])).toBe(expected);
  }
});

test("Z9: redacting twice changes nothing, and JSON stays JSON, whatever is in it", () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      const once = redaction.text(text);
      expect(redaction.text(once)).toBe(once);
      const document = JSON.stringify({ a: text, b: [text, { password: text }], password: 12_345_678 });
      const shown = redaction.text(document);
      expect(() => JSON.parse(shown)).not.toThrow();
    }),
    { numRuns: 1_500 },
  );
});

test("ordinary pieces are given back at once, and as they are", () => {
  const stream = redaction.stream();
  const pieces = [
    "Two",
    " words",
    " about",
    " tasks",
    ":",
    " risks",
    ",",
    " things",
    " (and",
    " more",
    ").\n",
  ];
  for (const piece of pieces) expect(stream.push(piece)).toBe(piece);
  expect(stream.end()).toBe("");
  expect(stream.found).toBe(false);
});

test("what may be the beginning of a secret is held back until it is known to be none", () => {
  const stream = redaction.stream();
  const shown = ["a s", "k", "-", "ating", " rink"].map((piece) => stream.push(piece));
  expect([...shown, stream.end()]).toEqual(["a ", "", "", "", "sk-ating rink", ""]);
  expect(stream.found).toBe(false);
});

test("a long secret is not held to its end: its marker comes early, and the rest is swallowed", () => {
  const stream = redaction.stream();
  const head = `-----BEGIN ${"RSA "}PRIVATE KEY-----\n`;
  expect(stream.push(`${head}${"Ab3d".repeat(16)}\n`)).toBe("[redacted:private-key]");
  for (let line = 0; line < 1_000; line += 1) expect(stream.push(`${"Ab3d".repeat(16)}\n`)).toBe("");
  expect(stream.push(`-----END RSA PRIVATE KEY-----\nafter`) + stream.end()).toBe("\nafter");
});

test("no more than 3,000 characters are ever held back", () => {
  const starts = [
    'password="',
    "eyJ",
    "https://",
    "cookie: a=",
    "authorization: ",
    "api_key='a",
    "sk-",
    "-----BEGIN ",
  ];
  for (const start of starts) {
    const stream = redaction.stream();
    const shown = stream.push(` ${start}`) + stream.push("a".repeat(3_000));
    expect(shown.length, start).toBeGreaterThan(0);
  }
});
