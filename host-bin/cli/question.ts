// Asks the person at the terminal one thing. The question is on standard error; the answer is none of the output.
import { createInterface } from "node:readline";
import { safeText } from "./terminal.ts";

/** Whether there is a person at a terminal who reads what is asked and can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * The line that is typed, without spaces at its ends; undefined where the input ends, Ctrl-C was pressed (which this
 * process then receives as a signal), or the question is taken back.
 */
export function ask(question: string, takenBack?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (takenBack?.aborted === true) return resolve(undefined);
    const input = createInterface({ input: process.stdin, output: process.stderr });
    let answer: string | undefined;
    const close = (): void => input.close();
    takenBack?.addEventListener("abort", close, { once: true });
    input.once("SIGINT", () => {
      // Before the answer is known: whoever asked finds the signal received.
      if (!process.emit("SIGINT", "SIGINT")) process.kill(process.pid, "SIGINT");
      close();
    });
    input.once("close", () => {
      takenBack?.removeEventListener("abort", close);
      if (answer === undefined) process.stderr.write("\n");
      resolve(answer);
    });
    input.question(safeText(question), (line) => {
      answer = line.trim();
      close();
    });
  });
}

/** Whether a line says yes; undefined where it says neither yes nor no. */
export function yesOrNo(line: string): boolean | undefined {
  if (/^y(es)?$/i.test(line)) return true;
  return /^no?$/i.test(line) ? false : undefined;
}
