import { FileAccessError, type ToolOutput } from "@lathe/kernel";

/** An answer that says what went wrong and what to do about it. */
export function refusal(content: string): ToolOutput {
  return { content, isError: true };
}

/** Runs a tool's work; a file that cannot be reached becomes an answer, whose message already says what to do. */
export async function answering(work: () => Promise<ToolOutput>): Promise<ToolOutput> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileAccessError)) throw error;
    return { content: error.message, isError: true, details: { code: error.code, path: error.path } };
  }
}

/** A path as it can stand in a line of an answer: one with control characters is quoted, so it stays one line. */
export function printable(path: string): string {
  return /\p{Cc}/u.test(path) ? JSON.stringify(path) : path;
}

/** "1 file", "2 files". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
