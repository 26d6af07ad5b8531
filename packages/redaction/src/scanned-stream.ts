// Redacts a text that comes in pieces as if it had come at once, by one scanner.
//
// Owns: what is held back, and the end of what was shown, for looking back.
//
// How much is held back is bounded by the longest look forward of the scanner (see each rule). A secret that is longer
// than what decides it, such as a private key, is not held until its end: its marker is given out as soon as it is
// known to be one, and the rest of it is swallowed as it comes.
import type { RedactedStream } from "@lathe/kernel";
import { markerOf } from "./markers.ts";
import { RecentText } from "./recent-text.ts";
import type { Rest, Scanner } from "./scanner.ts";

export class ScannedStream implements RedactedStream {
  found = false;
  readonly #scanner: Scanner;
  /** What was shown since the last replaced secret. */
  readonly #shown = new RecentText();
  #held = "";
  /** Set while the text is inside of a secret. */
  #rest: Rest | undefined;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  push(piece: string): string {
    if (piece === "") return "";
    const shown = this.#shown;
    if (this.#held !== "" || this.#rest !== undefined) return this.#work(piece, false);
    if (!this.#scanner.isQuiet(piece, shown.last, shown.lastButOne)) return this.#work(piece, false);
    shown.add(piece);
    return piece;
  }

  end(): string {
    return this.#held === "" ? "" : this.#work("", true);
  }

  #work(piece: string, isWhole: boolean): string {
    const before = this.#shown.text();
    const text = before + this.#held + piece;
    if (this.#rest === undefined) return this.#scan(text, before.length, 0, isWhole);
    const begin = this.#leaveSecret(this.#rest, text, isWhole);
    return begin === undefined ? "" : this.#scan(text, begin, begin, isWhole);
  }

  /** Where the text goes on behind the secret that it is in; undefined = it is still in it. */
  #leaveSecret(rest: Rest, text: string, isWhole: boolean): number | undefined {
    const end = rest(text, 0, isWhole);
    this.#rest = end < 0 ? rest : undefined;
    this.#held = end < 0 ? text.slice(~end) : "";
    return end < 0 ? undefined : end;
  }

  #scan(text: string, begin: number, beginFloor: number, isWhole: boolean): string {
    let out = "";
    let from = begin;
    let floor = beginFloor;
    for (;;) {
      const finding = this.#scanner.find(text, from, floor, isWhole);
      const end = finding?.at ?? text.length;
      out += text.slice(from, end);
      if (finding?.kind === undefined) {
        this.#held = text.slice(end);
        this.#shown.restart(text.slice(floor, end));
        return out;
      }
      this.found = true;
      out += finding.quote + markerOf(finding.kind) + finding.quote;
      this.#shown.restart("");
      const after = finding.rest === undefined ? finding.end : finding.rest(text, finding.end, isWhole);
      if (after < 0) {
        this.#rest = finding.rest;
        this.#held = text.slice(~after);
        return out;
      }
      from = after;
      floor = after;
    }
  }
}
