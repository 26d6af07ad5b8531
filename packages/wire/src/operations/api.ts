// What can be asked of the API.
import type { JsonObject } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, declareOperation } from "../operation.ts";
import { JsonObjectSchema } from "../schemas/values.ts";

export const apiDescribe: Declared<Readonly<Record<string, never>>, JsonObject> = declareOperation({
  name: "api.describe",
  summary: "Describes every operation, as OpenAPI 3.1.",
  scope: "read",
  rest: { method: "GET", path: "/api/openapi.json", status: 200 },
  input: v.strictObject({}),
  output: JsonObjectSchema,
  problems: [],
});
