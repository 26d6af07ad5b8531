// Hands images to a child process that opens them, and to the next one when that has crashed on one.
import { startChild } from "../child.ts";

/** One answer for each folder, in their order: what is wrong with it, or `null`. */
export async function examineImages(folders: readonly string[]): Promise<readonly (string | null)[]> {
  const problems: (string | null)[] = [];
  while (problems.length < folders.length) {
    const child = startChild("power-loss/checking-child.ts", [], {}, () => undefined);
    child.process.stdin?.on("error", () => undefined);
    child.process.stdin?.end(folders.slice(problems.length).join("\n"));
    const { code, signal } = await child.ended;
    for (const line of child.lines) problems.push((JSON.parse(line) as { problem: string | null }).problem);
    if (problems.length < folders.length)
      problems.push(
        `Opening it ended the process (${signal ?? `exit code ${code}`}). ${child.errorText().slice(-200)}`,
      );
  }
  return problems;
}
