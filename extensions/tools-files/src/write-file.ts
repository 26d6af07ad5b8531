import { defineTool } from "@lathe/extension-kit";
import { FileAccessError, type RootedFiles, type Tool, type ToolOutput } from "@lathe/kernel";
import * as v from "valibot";
import { answering, counted, refusal } from "./core/answer.ts";

const input = v.strictObject({
  path: v.pipe(v.string(), v.description("The file, relative to the working folder.")),
  content: v.pipe(v.string(), v.description("The whole new content of the file.")),
});
type WriteInput = v.InferOutput<typeof input>;

export function createWriteFile(): Tool {
  return defineTool({
    name: "write_file",
    description:
      "Writes a text file: creates it, with the folders it needs, or replaces all of it. To change a part of a file, use edit_file.",
    input,
    idempotent: true,
    timeoutMs: 30_000,
    execute: (given, { exec, cwd }) => answering(() => writeFile(given, exec.files(cwd))),
  });
}

async function writeFile({ path, content }: WriteInput, files: RootedFiles): Promise<ToolOutput> {
  if (!content.isWellFormed())
    return refusal(
      "content holds half of a character (a lone surrogate), which UTF-8 cannot store. Correct it.",
    );
  const bytes = Buffer.from(content);
  const before = await sizeOf(path, files);
  await files.write(path, bytes);
  const size = counted(bytes.length, "byte");
  const done =
    before === undefined
      ? `Created "${path}" with ${size}.`
      : `Replaced "${path}": it now has ${size}, it had ${before}.`;
  return { content: done, details: { path, bytes: bytes.length, created: before === undefined } };
}

async function sizeOf(path: string, files: RootedFiles): Promise<number | undefined> {
  try {
    return (await files.read(path, { offset: 0, bytesMax: 0 })).sizeBytes;
  } catch (error) {
    if (error instanceof FileAccessError && error.code === "not-found") return undefined;
    throw error;
  }
}
