// The journal's files are numbered in the order in which they were begun.
import { readdir } from "node:fs/promises";

export function fileName(number: number): string {
  return `journal-${String(number).padStart(8, "0")}.ndjson`;
}

/** The numbers of the files in a folder, oldest first. Rejects where the folder cannot be read. */
export async function listFileNumbers(folder: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (const name of await readdir(folder)) {
    const digits = /^journal-(\d{8,15})\.ndjson$/.exec(name)?.[1];
    if (digits !== undefined) numbers.push(Number(digits));
  }
  return numbers.sort((left, right) => left - right);
}
