import { defineTool } from "@lathe/extension-kit";
import type { RootedFiles, Tool, ToolOutput } from "@lathe/kernel";
import * as v from "valibot";
import type { FilesConfig } from "./config.ts";
import { answering, counted, refusal } from "./core/answer.ts";
import { type Replacement, replaceText } from "./core/replace-text.ts";
import { decodeExactly, looksBinary } from "./core/text.ts";

const input = v.strictObject({
  path: v.pipe(v.string(), v.description("The file, relative to the working folder.")),
  old_text: v.pipe(
    v.string(),
    v.minLength(1, "old_text is empty. To write a whole file, use write_file."),
    v.description("The text to replace, exactly as it is in the file, with its white space."),
  ),
  new_text: v.pipe(v.string(), v.description("The text to put in its place.")),
  replace_all: v.optional(
    v.pipe(v.boolean(), v.description("Replace every occurrence. Without it there must be exactly one.")),
  ),
});
type EditInput = v.InferOutput<typeof input>;

export function createEditFile(config: FilesConfig): Tool {
  return defineTool({
    name: "edit_file",
    description:
      "Replaces one piece of text in a file by another. old_text must be in the file exactly once: take in lines around it until it is, or set replace_all. Line ends stay those of the file.",
    input,
    timeoutMs: 30_000,
    execute: (given, { exec, cwd }) => answering(() => editFile(given, exec.files(cwd), config)),
  });
}

async function editFile(given: EditInput, files: RootedFiles, config: FilesConfig): Promise<ToolOutput> {
  const { path, old_text: oldText, new_text: newText, replace_all: all = false } = given;
  const { editBytesMax } = config;
  if (oldText === newText) return refusal("old_text and new_text are the same: nothing to do.");
  if (!oldText.isWellFormed() || !newText.isWellFormed())
    return refusal(
      "The text holds half of a character (a lone surrogate), which UTF-8 cannot store. Correct it.",
    );
  const { bytes, sizeBytes, version } = await files.read(path, { offset: 0, bytesMax: editBytesMax });
  if (sizeBytes > bytes.length) {
    return refusal(
      `"${path}" has ${sizeBytes} bytes; edit_file changes files up to ${editBytesMax} bytes. Use a command for it.`,
    );
  }
  const text = looksBinary(bytes) ? undefined : decodeExactly(bytes);
  if (text === undefined)
    return refusal(`"${path}" is not UTF-8 text, so it cannot be edited. Use a command for it.`);
  const replacement = replaceText(text, { oldText, newText, all }, editBytesMax);
  if (replacement.kind !== "replaced") return refusal(describe(path, replacement, editBytesMax));
  await files.write(path, Buffer.from(replacement.text), { expectedVersion: version });
  const { count } = replacement;
  return {
    content: `Replaced ${counted(count, "occurrence")} in "${path}" (${listLines(replacement)}).`,
    details: { path, count, lines: [...replacement.lines] },
  };
}

type Refused = Exclude<Replacement, { readonly kind: "replaced" }>;

function describe(path: string, refused: Refused, editBytesMax: number): string {
  switch (refused.kind) {
    case "ambiguous":
      return `old_text is in "${path}" ${refused.count} times (${listLines(refused)}). Take in more lines around the one that is meant, or set replace_all.`;
    case "too-long":
      return `"${path}" would have more than ${editBytesMax} bytes afterwards, which is the limit of edit_file.`;
    case "not-found": {
      const { similarLine } = refused;
      const hint =
        similarLine === undefined
          ? "Read the file and copy the text from there."
          : `Line ${similarLine} looks like its beginning: compare the white space and the lines after it.`;
      return `old_text is not in "${path}". ${hint}`;
    }
  }
}

function listLines({ lines, count }: { readonly lines: readonly number[]; readonly count: number }): string {
  const word = count === 1 ? "line" : "lines";
  return `${word} ${lines.join(", ")}${count > lines.length ? ", …" : ""}`;
}
