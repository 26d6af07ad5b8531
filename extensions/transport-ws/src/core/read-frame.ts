// What a client sent, from text to a frame, or to the problem that it is told.
import { checkInput, checkJson, invalidInput, problem } from "@lathe/extension-kit";
import { type ClientFrame, ClientFrameSchema, type Problem } from "@lathe/wire";

export type FrameOutcome =
  | { readonly kind: "frame"; readonly frame: ClientFrame }
  /** `id` is what the frame calls itself, where that much can be read. */
  | { readonly kind: "invalid"; readonly id: string | null; readonly problem: Problem };

/** Never throws, and takes no longer than the text is long. */
export function readFrame(text: string): FrameOutcome {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    return { kind: "invalid", id: null, problem: notJson };
  }
  const broken = checkJson(value);
  if (broken !== undefined) return { kind: "invalid", id: idOf(value), problem: invalidInput([broken]) };
  const checked = checkInput(ClientFrameSchema, value);
  if (checked.kind === "invalid") return { ...checked, id: idOf(value) };
  return { kind: "frame", frame: checked.input as ClientFrame };
}

const notJson = problem(400, "invalid-json", "The frame is not valid JSON.");

const idLengthMax = 64;

function idOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "id")) return null;
  const { id } = value as { readonly id: unknown };
  const isName = typeof id === "string" && id.length > 0 && id.length <= idLengthMax && id.isWellFormed();
  return isName ? id : null;
}
