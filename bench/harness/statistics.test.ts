import { describe, expect, test } from "vitest";
import { pairedRatios, spreadOf, weigh } from "./statistics.ts";

describe("a spread", () => {
  test("has the middle value of an odd number of values", () => {
    expect(spreadOf([10, 2, 33])).toEqual({ median: 10, min: 2, max: 33 });
  });

  test("has the mean of the two middle values of an even number", () => {
    expect(spreadOf([4, 100, 1, 2])).toEqual({ median: 3, min: 1, max: 100 });
  });

  test("leaves out what is not a number", () => {
    expect(spreadOf([Number.NaN, 5, Number.POSITIVE_INFINITY])).toEqual({ median: 5, min: 5, max: 5 });
    expect(spreadOf([Number.NaN])).toBeUndefined();
    expect(spreadOf([])).toBeUndefined();
  });

  test("does not reorder the values it was given", () => {
    const values = [3, 1, 2];
    spreadOf(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("paired ratios", () => {
  test("divide round by round, so that a slow round does not count twice", () => {
    expect(pairedRatios([10, 300, 40], [10, 100, 20])).toEqual({ median: 2, min: 1, max: 3 });
  });

  test("leave out a round in which noise made a difference zero or negative", () => {
    expect(pairedRatios([10, -5, 40, 7], [10, 5, 0, -7])).toEqual({ median: 1, min: 1, max: 1 });
    expect(pairedRatios([-1], [1])).toBeUndefined();
  });

  test("leave out a round that only one side has", () => {
    expect(pairedRatios([10, 20], [5])).toEqual({ median: 2, min: 2, max: 2 });
  });
});

test("a weighted sum is not a number where a value is missing", () => {
  expect(weigh({ with: 0.1, without: -0.1 }, { with: 110, without: 10, else: 7 })).toBeCloseTo(10);
  expect(weigh({ with: 1 }, {})).toBeNaN();
});
