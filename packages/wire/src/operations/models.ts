// What can be asked of the models that there are.
import type { ModelInfo } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, declareOperation } from "../operation.ts";
import { CountOrUnknownSchema, listOf } from "../schemas/values.ts";

export interface ModelList {
  /** The model that a conversation gets where nobody asks for one. */
  readonly default: string | null;
  readonly items: readonly ListedModel[];
  /** Providers that could not say what they have. */
  readonly failures: readonly { readonly provider: string; readonly message: string }[];
}

/** Its `id` is `provider/model`. */
export interface ListedModel extends ModelInfo {
  readonly provider: string;
}

export const modelsList: Declared<Readonly<Record<string, never>>, ModelList> = declareOperation({
  name: "models.list",
  summary: "Lists the models of every provider that answers.",
  scope: "read",
  rest: { method: "GET", path: "/api/models", status: 200 },
  input: v.strictObject({}),
  output: v.object({
    default: v.nullable(v.string()),
    items: listOf(
      v.object({
        id: v.string(),
        provider: v.string(),
        contextTokens: CountOrUnknownSchema,
        outputTokensMax: CountOrUnknownSchema,
      }),
    ),
    failures: listOf(v.object({ provider: v.string(), message: v.string() })),
  }),
  problems: [],
});
