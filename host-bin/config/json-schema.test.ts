import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createJsonSchema } from "./json-schema.ts";

test("lathe.schema.json is current", async () => {
  const shipped = await readFile(new URL("../lathe.schema.json", import.meta.url), "utf8");
  const advice = "Run: node host-bin/config/write-json-schema.ts";
  expect(JSON.parse(shipped), advice).toEqual(JSON.parse(JSON.stringify(createJsonSchema())));
});
