// What reaches a terminal: plain text, colors only where they are wanted, nothing that a model could steer it with.
import { styleText } from "node:util";

/** How the person at the terminal calls `lathe`, for lines that are to be copied. */
export const calledAs: string = process.env.npm_command === "exec" ? "npx lathe" : "lathe";

/** Writes one line to standard output. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a value as one line of JSON. */
export function printJson(value: object): void {
  printLine(safeJson(value));
}

/** Characters of a line: those of the terminal, or 80 where the output goes elsewhere. */
export function terminalWidth(): number {
  return Math.max(widthMin, process.stdout.columns ?? widthUsual);
}

const widthUsual = 80;
const widthMin = 60;

/** Writes one line to standard error. */
export function printError(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Writes one line of what others said went wrong to standard error. */
export function printTrouble(text: string): void {
  printError(safeText(text));
}

/** Writes something beside the answer: dim where standard error is a terminal that shows colors. */
export function printAside(text: string): void {
  process.stderr.write(`${dim(safeText(text))}\n`);
}

export function dim(text: string): string {
  return styleText("dim", text, { stream: process.stderr });
}

/**
 * The text without what a terminal would obey: control characters other than line feed and tab, and the marks that
 * reorder text.
 */
export function safeText(text: string): string {
  return text.replace(obeyed, (mark) => (mark === "\n" || mark === "\t" ? mark : ""));
}

/** The value as JSON, in which what a terminal would obey is written with escapes. */
export function safeJson(value: object): string {
  return JSON.stringify(value).replace(
    obeyed,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const obeyed = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Writes text of an answer. A terminal gets it without what it would obey; a file or a pipe gets it as it is. */
export function writeAnswer(text: string): void {
  process.stdout.write(process.stdout.isTTY ? safeText(text) : text);
}
