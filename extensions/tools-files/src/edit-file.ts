import { defineTool } from "@lathe/extension-kit";
import type { RootedFiles, Tool, ToolOutput } from "@lathe/kernel";
import * as v from "valibot";
import type { FilesConfig } from "./config.ts";
import { answering, counted, refusal } from "./core/answer.ts";
import { type Replacement, replaceText } from "./core/replace-text.ts";
import { decodeExactly, looksBinary } from "./core/text.ts";

const input = v.object({
  path: v.pipe(v.string(), v.description("The file, relative to the working folder.")),
  old_string: v.pipe(
    v.string(),
    v.minLength(1, "old_string is empty. To write a whole file, use write_file."),
    v.description("The text to replace, exactly as it is in the file, with its white space."),
  ),
  new_string: v.pipe(v.string(), v.description("The text to put in its place.")),
  replace_all: v.optional(
    v.pipe(v.boolean(), v.description("Replace every occurrence. Without it there must be exactly one.")),
  ),
});
type EditInput = v.InferOutput<typeof input>;

export function createEditFile(config: FilesConfig): Tool {
  return defineTool({
    name: "edit_file",
    description:
      "Replaces one piece of text in a file by another. old_string must be in the file exactly once: take in lines around it until it is, or set replace_all.",
    input,
    timeoutMs: 30_000,
    execute: (given, { exec, cwd }) => answering(() => editFile(given, exec.files(cwd), config)),
  });
}

async function editFile(
  { path, old_string, new_string, replace_all = false }: EditInput,
  files: RootedFiles,
  { editBytesMax }: FilesConfig,
): Promise<ToolOutput> {
  if (old_string === new_string) return refusal("old_string and new_string are the same: nothing to do.");
  const { bytes, sizeBytes, version } = await files.read(path, { offset: 0, bytesMax: editBytesMax });
  if (sizeBytes > bytes.length) {
    return refusal(`"${path}" has ${sizeBytes} bytes; edit_file changes files up to ${editBytesMax} bytes.`);
  }
  const text = looksBinary(bytes) ? undefined : decodeExactly(bytes);
  if (text === undefined) return refusal(`"${path}" is not UTF-8 text, so it cannot be edited.`);
  const replacement = replaceText(text, old_string, new_string, replace_all);
  if (replacement.kind !== "replaced") return refusal(describe(path, replacement));
  await files.write(path, Buffer.from(replacement.text), { expectedVersion: version });
  const { lines } = replacement;
  return {
    content: `Replaced ${counted(lines.length, "occurrence")} in "${path}" (${listLines(lines)}).`,
    details: { path, lines: [...lines] },
  };
}

function describe(path: string, trouble: Exclude<Replacement, { readonly kind: "replaced" }>): string {
  if (trouble.kind === "ambiguous") {
    return `old_string is in "${path}" ${trouble.lines.length} times (${listLines(trouble.lines)}). Take in more lines around the one that is meant, or set replace_all.`;
  }
  const hint =
    trouble.similarLine === undefined
      ? "Read the file and copy the text from there."
      : `Line ${trouble.similarLine} looks like its beginning: compare the white space and the lines after it.`;
  return `old_string is not in "${path}". ${hint}`;
}

function listLines(lines: readonly number[]): string {
  const shown = lines.slice(0, 10).join(", ");
  return `line ${shown}${lines.length > 10 ? ", …" : ""}`;
}
