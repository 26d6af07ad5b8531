// Identifiers: UUIDv7 (RFC 9562) without dashes, behind a prefix.
//
// Invariants
//   N1  Within one process every id sorts after all ids made before it, whatever the wall clock does.
//   N2  62 bits of each id are random, so that ids of different processes differ and none can be guessed.
import type { IdsPower } from "@lathe/kernel";
import { RandomPool } from "./random-pool.ts";

const counterMax = 0xfff;

/** Creates the source of ids of one process. */
export function createIds(nowMs: () => number): IdsPower {
  const pool = new RandomPool();
  let timestampMs = 0;
  let counter = 0;
  let head = "";

  /** The 12 bits behind the timestamp count (RFC 9562, section 6.2, method 1); half of them are left to count with. */
  const restart = (ms: number): void => {
    timestampMs = ms;
    counter = pool.uint16() & 0x7ff;
    head = ms.toString(16).padStart(12, "0");
  };

  const newId = (prefix: string): string => {
    const now = nowMs();
    if (now > timestampMs) restart(now);
    else if (counter < counterMax) counter += 1;
    // The counter is used up, or the clock stands still or went back: the timestamp runs ahead of it.
    else restart(timestampMs + 1);
    const random = pool.hex(8);
    const variant = variantDigits[Number.parseInt(random.charAt(0), 16) & 0x3] ?? "8";
    return `${prefix}_${head}7${counterDigits[counter]}${variant}${random.slice(1)}`;
  };
  return Object.freeze({ newId });
}

const variantDigits = ["8", "9", "a", "b"];
const counterDigits = Array.from({ length: counterMax + 1 }, (_, value) =>
  value.toString(16).padStart(3, "0"),
);
