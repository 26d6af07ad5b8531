// Which workflow a command is about: one that is found by its name, or a file whose text is sent.
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type CommandCall, UsageError } from "./command.ts";

export type NamedWorkflow =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "file"; readonly path: string; readonly fileName: string; readonly script: string };

const bytesMax = 524_288;

/** What ends in `.js` or `.mjs`, or holds a slash, is a file. Throws UsageError. */
export async function namedWorkflow(call: CommandCall, word: string): Promise<NamedWorkflow> {
  if (!/\.m?js$|\//.test(word)) return { kind: "name", name: word };
  const path = resolve(call.cwd, word);
  try {
    if ((await stat(path)).size > bytesMax)
      throw new UsageError(`${word} is larger than ${bytesMax / 1024} KiB, as a workflow may be at most.`);
    const bytes = await readFile(path);
    const script = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { kind: "file", path, fileName: basename(path), script };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if (cause instanceof TypeError) throw new UsageError(`${word} is no UTF-8 text.`);
    throw new UsageError(`${word} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
