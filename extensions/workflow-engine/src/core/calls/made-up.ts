import type { JsonValue } from "@lathe/kernel";
import { type AnswerSchema, makeUp } from "@lathe/structured-output";
import { CallFailure } from "./call-failure.ts";

/** The answer of an agent that is not asked. Throws CallFailure where nothing fits its schema. */
export function madeUpAnswer(prompt: string, schema: AnswerSchema | undefined): JsonValue {
  if (schema === undefined) return `(dry run) ${prompt.slice(0, 200)}`;
  const value = makeUp(schema, prompt);
  if (value !== undefined) return value;
  throw new CallFailure(
    "no-made-up-answer",
    "SchemaError",
    "A dry run could not make up an answer that fits this schema. It may still be one that a model can answer.",
  );
}
