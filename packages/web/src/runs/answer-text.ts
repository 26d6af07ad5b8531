// What somebody answers to a question of a run: how it can be entered, and which value an entered text is.
import type { JsonValue } from "@lathe/kernel";

/**
 * `yes-no`: the usual answer is a boolean. `text`: it is a text, and what is entered is one. `json`: it is another value,
 * and what is entered must be JSON. `open`: nothing is usual; yes, no, JSON, or any text.
 */
export type AnswerForm = "yes-no" | "text" | "json" | "open";

export function answerFormOf(usual: JsonValue | undefined): AnswerForm {
  if (usual === undefined) return "open";
  if (typeof usual === "boolean") return "yes-no";
  return typeof usual === "string" ? "text" : "json";
}

/** What stands in the field at first. */
export function textOfUsual(usual: JsonValue | undefined): string {
  if (usual === undefined) return "";
  return typeof usual === "string" ? usual : JSON.stringify(usual, null, 2);
}

export type ReadAnswer =
  | { readonly kind: "answer"; readonly answer: JsonValue }
  | { readonly kind: "wrong"; readonly message: string };

export function readAnswer(text: string, form: AnswerForm): ReadAnswer {
  if (form === "text") return { kind: "answer", answer: text };
  if (text.trim() === "") return { kind: "wrong", message: "Enter an answer." };
  const value = jsonOf(text);
  if (value !== undefined) return { kind: "answer", answer: value };
  // What begins like JSON was meant to be it: as a text it would be a surprise.
  if (form === "json" || /^\s*["[{]/.test(text))
    return { kind: "wrong", message: `This is not JSON. ${reasonOf(text)}` };
  return { kind: "answer", answer: text };
}

/** Undefined where the text is not JSON. */
export function jsonOf(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** What the browser says is wrong with it. */
export function reasonOf(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (failure) {
    return failure instanceof Error ? failure.message : String(failure);
  }
}

/** An answer in a few words, for the sentence that says what was answered. */
export function shownAnswer(answer: JsonValue): string {
  if (typeof answer === "boolean") return answer ? "Yes" : "No";
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
