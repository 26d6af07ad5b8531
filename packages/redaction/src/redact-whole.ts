import { markerOf } from "./markers.ts";
import type { Scanner } from "./scanner.ts";

/** The text with every secret replaced that the scanner finds; the same string where it finds none. */
export function redactWhole(scanner: Scanner, text: string): string {
  let finding = scanner.find(text, 0, 0, true);
  if (finding === undefined) return text;
  let out = "";
  let shown = 0;
  while (finding?.kind !== undefined) {
    out += text.slice(shown, finding.at) + finding.quote + markerOf(finding.kind) + finding.quote;
    shown = finding.rest === undefined ? finding.end : finding.rest(text, finding.end, true);
    finding = scanner.find(text, shown, shown, true);
  }
  return out + text.slice(shown);
}
