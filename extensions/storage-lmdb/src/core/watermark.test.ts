import { expect, test } from "vitest";
import { judgeSpace, type SpaceState } from "./watermark.ts";

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;
const marks = {
  softFreeBytes: 2 * gibibyte,
  softFreePercent: 5,
  hardFreeBytes: 512 * mebibyte,
  hardFreePercent: 2,
};

test.each<[string, number, number, SpaceState, SpaceState]>([
  ["a large disk is judged by bytes", 3 * gibibyte, 1_000 * gibibyte, "enough", "enough"],
  ["a large disk warns below 2 GiB", 1.9 * gibibyte, 1_000 * gibibyte, "enough", "low"],
  ["a large disk is full below 512 MiB", 511 * mebibyte, 1_000 * gibibyte, "low", "full"],
  ["a small disk is judged by percent", 0.6 * gibibyte, 10 * gibibyte, "enough", "enough"],
  ["a small disk warns below 5 percent", 0.49 * gibibyte, 10 * gibibyte, "enough", "low"],
  ["a small disk is full below 2 percent", 0.19 * gibibyte, 10 * gibibyte, "low", "full"],
  ["a full disk stays full until a tenth more is free", 550 * mebibyte, 1_000 * gibibyte, "full", "full"],
  ["a full disk recovers", 564 * mebibyte, 1_000 * gibibyte, "full", "low"],
  ["a full disk recovers at once to plenty", 100 * gibibyte, 1_000 * gibibyte, "full", "enough"],
])("G11: %s", (_name, freeBytes, sizeBytes, before, expected) => {
  expect(judgeSpace(freeBytes, sizeBytes, marks, before)).toBe(expected);
});
