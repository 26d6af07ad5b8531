import type { Contributions } from "@lathe/kernel";
import { type AnyOperation, implementOperation } from "@lathe/wire";
import { apiDescribe } from "@lathe/wire/operations";
import { describeOperations } from "./core/openapi.ts";

/** The description of all operations, itself one of them. */
export function describeApi(operations: Contributions<AnyOperation>): AnyOperation {
  return implementOperation(apiDescribe, {
    run: async () => describeOperations(operations.all().map(({ item }) => item)),
  });
}
