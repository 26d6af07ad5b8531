// As what the input of a tool call is best read: what it replaces, a piece of code, or the value that it is.
import type { JsonObject, JsonValue } from "@lathe/kernel";

export type InputShape =
  | {
      readonly kind: "replacement";
      readonly before: string;
      readonly after: string;
      readonly rest: JsonObject;
    }
  | { readonly kind: "code"; readonly text: string; readonly language: string; readonly rest: JsonObject }
  | { readonly kind: "value"; readonly value: JsonValue };

/** Pairs of fields by which tools replace one text with another. */
const replacementFields = [
  ["old_text", "new_text"],
  ["old_string", "new_string"],
] as const;

/** By the names of the fields, since tools of any extension may have them. */
export function inputShape(input: JsonValue): InputShape {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return { kind: "value", value: input };
  const fields = input as JsonObject;
  for (const [oldField, newField] of replacementFields) {
    const { [oldField]: before, [newField]: after, ...rest } = fields;
    if (typeof before === "string" && typeof after === "string")
      return { kind: "replacement", before, after, rest };
  }
  const { content, command, ...others } = fields;
  if (typeof content === "string" && typeof others.path === "string")
    return {
      kind: "code",
      text: content,
      language: languageOf(others.path),
      rest: without(fields, "content"),
    };
  if (typeof command === "string")
    return { kind: "code", text: command, language: "bash", rest: without(fields, "command") };
  return { kind: "value", value: input };
}

/** Whether a text begins as version control writes what changed. */
export function isUnifiedDiff(text: string): boolean {
  return (
    /^(?:diff --git |--- \S[^\n]*\n\+\+\+ )/.test(text.slice(0, 2_000)) && /^@@ /m.test(text.slice(0, 4_000))
  );
}

function without(fields: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name));
}

/** What stands behind the last dot of a path: highlighters know most languages by it. */
function languageOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}
