export { askAgain, askForAnswer, type ShownSchema, schemaShownIn } from "./answer/ask.ts";
export { type FoundAnswer, findAnswer } from "./answer/find-answer.ts";
export { makeUp } from "./made-up/make-up.ts";
export { type AnswerSchema, type CompiledSchema, compileSchema } from "./schema/compile-schema.ts";
export type { AnswerProblem } from "./schema/problems.ts";
