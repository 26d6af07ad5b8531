// What the demo answers where an answer has to fit a JSON Schema: a value that fits and means nothing.
import { compileSchema, makeUp, type ShownSchema } from "@lathe/structured-output";

/** The same words get the same answer. */
export function madeUpAnswer({ schema }: ShownSchema, words: string): string {
  const compiled = compileSchema(schema);
  const value = compiled.kind === "schema" ? makeUp(compiled.schema, words) : undefined;
  if (value !== undefined) return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
  return "I am Lathe's offline demo model, and I could not make up a value that fits this schema. A real model may answer it.";
}
