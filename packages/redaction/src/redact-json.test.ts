import type { JsonValue } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedaction } from "./index.ts";
import { seededChance, syntheticSecrets } from "./testing/synthetic-secrets.ts";

const { json, text } = createRedaction();

test("H3s: the values of members whose names say that they are secret are taken out", () => {
  const value = {
    headers: { Authorization: "Bearer x", cookie: ["a=1", "b=2"], "Set-Cookie": "a=1", "x-api-key": "k" },
    api_key: "k",
    apiKey: "k",
    password: "a word",
    passwd: 12_345,
    client_secret: "s",
    accessToken: "t",
    refresh_token: "t",
    private_key: "p",
    DB_PASSWORD: "p",
    list: [{ secret: "s" }, "plain"],
  };
  expect(json<JsonValue>(value)).toEqual({
    headers: {
      Authorization: "[redacted:authorization]",
      cookie: ["[redacted:cookie]", "[redacted:cookie]"],
      "Set-Cookie": "[redacted:cookie]",
      "x-api-key": "[redacted:credential]",
    },
    api_key: "[redacted:credential]",
    apiKey: "[redacted:credential]",
    password: "[redacted:password]",
    passwd: "[redacted:password]",
    client_secret: "[redacted:password]",
    accessToken: "[redacted:credential]",
    refresh_token: "[redacted:credential]",
    private_key: "[redacted:credential]",
    DB_PASSWORD: "[redacted:password]",
    list: [{ secret: "[redacted:password]" }, "plain"],
  });
});

test("the description of a secret member, as in a JSON Schema, is no secret", () => {
  const schema = { type: "object", properties: { password: { type: "string", description: "The word." } } };
  expect(json(schema)).toBe(schema);
});

test("Z9: a secret survives at no depth and in no place, and what holds none is the same value", () => {
  const secrets = syntheticSecrets(seededChance(7)).filter(({ text: given }) => text(given) !== given);
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 4 }),
      fc.constantFrom(...secrets),
      fc.nat(3),
      (plain, secret, place) => {
        const given = plain as JsonValue;
        const holders: readonly JsonValue[] = [
          { a: given, b: [secret.text] },
          [[given], { deep: { deeper: [{ at: secret.text }] } }],
          { [secret.text]: given },
          [given, JSON.stringify({ nested: secret.text })],
        ];
        const shown = json(holders[place] as JsonValue);
        expect(JSON.stringify(shown)).not.toContain(JSON.stringify(secret.secret).slice(1, -1));
        expect(json(shown)).toBe(shown);
      },
    ),
  );
});

test("an untouched value is the same value, and so are the untouched parts of a touched one", () => {
  const untouched = { a: [1, null, true, "text"] };
  expect(json(untouched)).toBe(untouched);
  const touched = json<JsonValue>({ untouched, password: "word" }) as { untouched: JsonValue };
  expect(touched.untouched).toBe(untouched);
});

test("a value that is nested deeper than the stack is redacted all the same", () => {
  const depth = 200_000;
  let value: JsonValue = { password: "word" };
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { inner: value };
  let shown: JsonValue = json(value);
  for (let level = depth - 1; level >= 0; level -= 1)
    shown =
      level % 2 === 0
        ? ((shown as readonly JsonValue[])[0] as JsonValue)
        : (shown as { inner: JsonValue }).inner;
  expect(shown).toEqual({ password: "[redacted:password]" });
});

test("a member called __proto__ stays a member", () => {
  const value = JSON.parse('{"__proto__":{"password":"word"},"a":1}') as JsonValue;
  expect(JSON.stringify(json(value))).toBe('{"__proto__":{"password":"[redacted:password]"},"a":1}');
});

test("a name that was seen before is looked at again when a secret is registered, and when it is forgotten", () => {
  const redaction = createRedaction();
  const value = { "key-of-mine-17": 1, other: "key-of-mine-17" };
  expect(redaction.json(value)).toBe(value);
  const forget = redaction.register("key-of-mine-17");
  expect(redaction.json<JsonValue>(value)).toEqual({ "[redacted:secret]": 1, other: "[redacted:secret]" });
  forget();
  expect(redaction.json(value)).toBe(value);
});
