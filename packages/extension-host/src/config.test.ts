import type { JsonObject } from "@lathe/kernel";
import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultsOf, resolveConfig } from "./config.ts";
import { manifestOf } from "./testing/fixtures.ts";

const schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    port: { type: "integer", minimum: 0, default: 4646 },
    mode: { enum: ["open", "closed"], default: "open" },
    limits: { type: "object", properties: { bodyBytesMax: { type: "number", default: 1024 } }, default: {} },
    name: { type: "string" },
  },
};
const withSchema = manifestOf("a", { config: schema });

test("without a configuration the defaults are there", async () => {
  expect(await resolveConfig(withSchema, undefined)).toEqual({
    port: 4646,
    mode: "open",
    limits: { bodyBytesMax: 1024 },
  });
});

test("what is given stays, and the defaults fill the rest", async () => {
  expect(await resolveConfig(withSchema, { port: 1, limits: {}, name: "x" })).toEqual({
    port: 1,
    mode: "open",
    limits: { bodyBytesMax: 1024 },
    name: "x",
  });
});

test("every wrong field is named, with what it may be", async () => {
  await expect(resolveConfig(withSchema, { port: -1, mode: "ajar", extra: 1 })).rejects.toThrow(
    'The configuration of a cannot be used: extra is not a setting that it has; port must be >= 0; mode must be equal to one of the allowed values: "open", "closed".',
  );
});

test("a field inside another is named with its path", async () => {
  await expect(resolveConfig(withSchema, { limits: { bodyBytesMax: "much" } })).rejects.toThrow(
    "limits.bodyBytesMax must be number",
  );
});

test("a required field without a default must be given", async () => {
  const needsKey = manifestOf("a", {
    config: { type: "object", required: ["key"], properties: { key: {} } },
  });
  await expect(resolveConfig(needsKey, undefined)).rejects.toThrow("must have required property 'key'");
  expect(await resolveConfig(needsKey, { key: 1 })).toEqual({ key: 1 });
});

test("a part that is not an object is refused", async () => {
  await expect(resolveConfig(withSchema, [])).rejects.toThrow("it must be an object");
});

test("an extension without a schema takes no configuration", async () => {
  expect(await resolveConfig(manifestOf("a"), {})).toEqual({});
  await expect(resolveConfig(manifestOf("a"), { port: 1 })).rejects.toThrow("it takes none. Remove port.");
});

test("a schema that is not valid is named as the author's fault", async () => {
  const broken = manifestOf("a", { config: { type: "shape" } });
  await expect(resolveConfig(broken, { port: 1 })).rejects.toThrow("the schema in its manifest is not valid");
});

test("an asynchronous schema leaves no promise behind", async () => {
  const asynchronous = manifestOf("a", { config: { ...schema, $async: true } });
  await expect(resolveConfig(asynchronous, { port: "x" })).rejects.toThrow("port must be integer");
});

test("nobody can change a configuration, and the given one stays as it was", async () => {
  const given = { limits: {} };
  const config = (await resolveConfig(withSchema, given)) as { limits: { bodyBytesMax: number } };
  expect(() => {
    config.limits.bodyBytesMax = 1;
  }).toThrow(TypeError);
  expect(given).toEqual({ limits: {} });
});

test("C13s: a key that reaches a prototype is refused", async () => {
  const given: unknown = JSON.parse('{"limits": {"__proto__": {"admin": true}}}');
  await expect(resolveConfig(withSchema, given)).rejects.toThrow("limits.__proto__ is not a name");
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

const leaf = fc.oneof(
  fc.constant({ type: "string" }),
  fc.record({ type: fc.constant("number"), default: fc.integer() }),
  fc.record({ type: fc.constant("string"), default: fc.string() }),
);
const objectSchema: fc.Arbitrary<JsonObject> = fc
  .dictionary(
    fc.constantFrom("a", "b", "c", "d"),
    fc.oneof(
      leaf,
      fc.record({
        type: fc.constant("object"),
        properties: fc.dictionary(fc.constantFrom("x", "y"), leaf),
        default: fc.constant({}),
      }),
    ),
  )
  .map((properties) => ({ type: "object", properties, additionalProperties: false }) as JsonObject);

test("the defaults that are filled without the validator are those that it would fill", () => {
  fc.assert(
    fc.property(objectSchema, (random) => {
      const filled = {};
      new Ajv({ useDefaults: true, strictTypes: false }).compile(random)(filled);
      expect(defaultsOf(random)).toEqual(filled);
    }),
    { numRuns: 50 },
  );
});
