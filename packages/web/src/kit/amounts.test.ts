import { expect, test } from "vitest";
import { cacheGrade, count, counted, duration, percent, size } from "./amounts.ts";

test("durations grow from milliseconds to hours", () => {
  expect([0, 999, 1_000, 9_940, 59_400, 125_000, 3_840_000, null].map(duration)).toEqual([
    "0 ms",
    "999 ms",
    "1.0 s",
    "9.9 s",
    "59 s",
    "2 min 05 s",
    "1 h 04 min",
    "–",
  ]);
});

test("counts and sizes are short, and what is unknown is a dash", () => {
  expect([9_999, 12_400, 1_250_000, null].map(count)).toEqual(["9999", "12.4k", "1.3M", "–"]);
  expect([640, 1_500, 12_300, 5_000_000].map(size)).toEqual(["640 B", "1.5 kB", "12 kB", "5.0 MB"]);
  expect([0.874, 0, null].map(percent)).toEqual(["87 %", "0 %", "–"]);
  expect([counted(1, "turn"), counted(3, "turn"), counted(2, "entry", "entries")]).toEqual([
    "1 turn",
    "3 turns",
    "2 entries",
  ]);
});

test("a hit rate has a word", () => {
  expect([null, 0, 0.2, 0.5, 1].map(cacheGrade)).toEqual(["unknown", "very low", "low", "high", "high"]);
});
