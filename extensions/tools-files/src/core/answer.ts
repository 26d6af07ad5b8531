import { FileAccessError, type ToolOutput } from "@lathe/kernel";

/** UTF-16 units of lines in one answer. A turn's own limit of a result is larger, so the closing note is never lost. */
const linesLengthMax = 120_000;

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

/** The lines of an answer, as many as one answer may have. */
export class AnswerLines {
  readonly #lines: string[] = [];
  #freeLength = linesLengthMax;

  /** False where the line, and with it any later one, has no room. */
  add(line: string): boolean {
    this.#freeLength = line.length < this.#freeLength ? this.#freeLength - line.length - 1 : 0;
    if (this.#freeLength > 0) this.#lines.push(line);
    return this.#freeLength > 0;
  }

  get count(): number {
    return this.#lines.length;
  }

  /** The lines, then the note in brackets. */
  endWith(note: string): string {
    return [...this.#lines, `[${note}]`].join("\n");
  }
}

/** A path as it can stand in a line of an answer: one with control characters is quoted, so it stays one line. */
export function printable(path: string): string {
  return /[\p{Cc}\u2028\u2029]/u.test(path) ? JSON.stringify(path) : path;
}

/** "1 file", "2 files". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
