import fc from "fast-check";
import { expect, test } from "vitest";
import { createSessionSeal } from "./session-secret.ts";

const token = "t".repeat(43);
const seal = createSessionSeal(token, "local");
const claims = fc.record({
  id: fc.stringMatching(/^ses_[0-9a-f]{32}$/),
  expiresAtMs: fc.nat({ max: 9_999_999_999_999 }),
});

test("what was sealed is read again, after a restart too, and fits into a cookie", () => {
  fc.assert(
    fc.property(claims, (claim) => {
      const secret = seal.seal(claim);
      expect(secret).toMatch(/^[\w.-]{60,120}$/);
      expect(seal.open(secret)).toEqual(claim);
      expect(createSessionSeal(token, "local").open(secret)).toEqual(claim);
    }),
  );
});

test("with another token, or of another principal, it is nobody's", () => {
  fc.assert(
    fc.property(claims, (claim) => {
      const secret = seal.seal(claim);
      expect(createSessionSeal(`${token}t`, "local").open(secret)).toBeUndefined();
      expect(createSessionSeal(token, "guest").open(secret)).toBeUndefined();
    }),
  );
});

test("no change of a single character, no cut and nothing more is taken", () => {
  const secret = seal.seal({ id: "ses_1", expiresAtMs: 1_800_000_000_000 });
  fc.assert(
    fc.property(
      fc.nat({ max: secret.length - 1 }),
      fc.string({ unit: "binary", maxLength: 3 }),
      (at, other) => {
        const changed = secret.slice(0, at) + other + secret.slice(at + 1);
        expect(seal.open(changed)).toEqual(changed === secret ? seal.open(secret) : undefined);
        expect(seal.open(secret.slice(0, at))).toBeUndefined();
      },
    ),
  );
  for (const more of [`${secret}.`, ` ${secret}`, `${secret}\n`, `${secret}A`])
    expect(seal.open(more)).toBeUndefined();
});

test("whatever is no secret is nobody's", () => {
  for (const wrong of ["", ".", "..", "...", "a.1.", token, "é", "\0", "a.1.b", ".".repeat(10_000)])
    expect([wrong, seal.open(wrong)]).toEqual([wrong, undefined]);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(seal.open(text)).toBeUndefined();
    }),
  );
});
