// How an answer is cut into deltas, and how long each takes to come.
import { cutIntoPieces, cutIntoWords } from "./cut-text.ts";
import type { ScriptStep } from "./script.ts";

export interface Pace {
  cut(text: string): readonly string[];
  delayMs(piece: string): number;
}

/** As the script says: a text is one delta unless it is dripped. */
export function paceOf({ drip, delayMs }: ScriptStep): Pace {
  if (drip === undefined) return { cut: (text) => [text], delayMs: () => delayMs };
  return { cut: (text) => cutIntoPieces(text, drip.chars), delayMs: () => drip.delayMs };
}

/** Word by word; a longer word takes longer, between 3/4 and 7/4 of the usual delay. */
export function spokenPace(deltaDelayMs: number): Pace {
  return {
    cut: cutIntoWords,
    delayMs: (word) => (deltaDelayMs * (3 + Math.min(4, Math.floor(word.length / 3)))) / 4,
  };
}
