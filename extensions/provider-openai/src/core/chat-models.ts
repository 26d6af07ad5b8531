import { firstTokenCount, type JsonObject, type ModelInfo, objectOf, textOf } from "@lathe/extension-kit";

/** What an entry of a model list says; servers add their limits under names of their own. Without an id: nothing. */
export function readModel(entry: JsonObject): readonly ModelInfo[] {
  const id = textOf(entry.id) ?? textOf(entry.name);
  if (id === undefined) return [];
  const limits = objectOf(entry.top_provider);
  return [
    {
      id,
      contextTokens: firstTokenCount(
        entry.context_length,
        entry.context_window,
        entry.max_context_length,
        entry.max_model_len,
        limits?.context_length,
      ),
      outputTokensMax: firstTokenCount(
        entry.max_output_tokens,
        entry.max_completion_tokens,
        limits?.max_completion_tokens,
      ),
    },
  ];
}
