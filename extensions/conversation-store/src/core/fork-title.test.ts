import { expect, test } from "vitest";
import { forkTitleOf } from "./fork-title.ts";

const after = (title: string | null): string | null => forkTitleOf({ title });

test("a fork is called by what it was made of, and each fork of a fork is told from it", () => {
  expect(after("Mend the door")).toBe("Fork: Mend the door");
  expect(after("Fork: Mend the door")).toBe("Fork 2: Mend the door");
  expect(after("Fork 2: Mend the door")).toBe("Fork 3: Mend the door");
  expect(after("Fork 999999: x")).toBe("Fork 1000000: x");
  expect(after("Fork 1000000: x")).toBe("Fork: Fork 1000000: x");
  expect(after("Forks: how they are made")).toBe("Fork: Forks: how they are made");
  expect(after(null)).toBeNull();
});

test("the title of a fork is no longer than one that can be given, and whole text", () => {
  expect(after("x".repeat(500))).toHaveLength(500);
  const pairs = after(`${"x".repeat(493)}\u{1f600}`);
  expect(pairs).toBe(`Fork: ${"x".repeat(493)}`);
  expect(pairs?.isWellFormed()).toBe(true);
});
