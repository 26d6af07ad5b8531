import { expect, test } from "vitest";
import { knownFailpoints } from "./failpoint-names.ts";

test("C2: there are failpoints in every part of a turn's life, each under a name of its own", () => {
  const known = knownFailpoints();
  expect(known.length).toBeGreaterThanOrEqual(12);
  expect(new Set(known.map(({ phase }) => phase))).toEqual(
    new Set(["turns", "drain", "recovery", "workflows"]),
  );
  expect(known.map(({ name }) => name)).toEqual([...new Set(known.map(({ name }) => name))].sort());
});
