// What a model is told, so that its answer fits a schema. Plain text: it works with every model, and a conversation that
// goes on after a crash holds all that is needed.
import type { JsonValue } from "@lathe/kernel";
import type { AnswerSchema } from "../schema/compile-schema.ts";
import type { AnswerProblem } from "../schema/problems.ts";

const opening = "<answer-schema>";
const closing = "</answer-schema>";
const problemCountMax = 10;

/** The prompt, and behind it the instruction to answer with nothing but JSON that fits the schema. */
export function askForAnswer(prompt: string, { schema }: AnswerSchema): string {
  return `${prompt}

When you have finished, answer with exactly one JSON value that satisfies the JSON Schema below, in a fenced block that begins with \`\`\`json and ends with \`\`\`. Write nothing else in that last message: no introduction, no comment, no second block. Give every required property; where additional properties are forbidden, add none.
${opening}
${safeText(schema)}
${closing}`;
}

/** What is said to a model whose answer did not fit: at most ten problems, each with its place and what is wanted. */
export function askAgain(problems: readonly AnswerProblem[]): string {
  const named = problems
    .slice(0, problemCountMax)
    .map(({ path, message }) => `- ${placeOf(path)} ${message}`);
  const leftCount = problems.length - named.length;
  const rest = leftCount > 0 ? [`- and ${leftCount} more of this kind`] : [];
  return `Your answer does not satisfy the JSON Schema that you were given:
${[...named, ...rest].join("\n")}

Answer again with the whole corrected JSON value, in a fenced block that begins with \`\`\`json and ends with \`\`\`. Write nothing else.`;
}

/** A schema that a text was given by `askForAnswer`, with the prompt before it. */
export interface ShownSchema {
  readonly prompt: string;
  readonly schema: JsonValue;
}

/** Undefined where the text does not end with what `askForAnswer` writes. */
export function schemaShownIn(text: string): ShownSchema | undefined {
  const from = text.lastIndexOf(`\n${opening}\n`);
  const to = text.lastIndexOf(`\n${closing}`);
  if (from < 0 || to < from || text.slice(to + 1 + closing.length).trim() !== "") return undefined;
  const promptEnd = text.lastIndexOf("\n\nWhen you have finished, answer with", from);
  try {
    const schema: JsonValue = JSON.parse(text.slice(from + opening.length + 2, to));
    return { prompt: text.slice(0, Math.max(0, promptEnd)), schema };
  } catch {
    return undefined;
  }
}

function placeOf(path: string): string {
  return path === "" ? "The whole answer" : path;
}

/** JSON in one line that cannot be taken for a marker. */
function safeText(schema: JsonValue): string {
  return JSON.stringify(schema).replaceAll("<", "\\u003c");
}
