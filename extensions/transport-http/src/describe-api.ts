import type { Contributions } from "@lathe/kernel";
import { type AnyOperation, defineOperation, JsonObjectSchema } from "@lathe/wire";
import { strictObject } from "valibot";
import { describeOperations } from "./core/openapi.ts";

/** The description of all operations, itself one of them. */
export function describeApi(operations: Contributions<AnyOperation>): AnyOperation {
  return defineOperation({
    name: "api.describe",
    summary: "Describes every operation, as OpenAPI 3.1.",
    scope: "read",
    rest: { method: "GET", path: "/api/openapi.json", status: 200 },
    input: strictObject({}),
    output: JsonObjectSchema,
    problems: [],
    run: async () => describeOperations(operations.all().map(({ item }) => item)),
  });
}
