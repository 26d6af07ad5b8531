import { expect, test } from "vitest";
import { closestName, unknownNameMessage } from "./unknown-name.ts";

test("a name that was mistyped has a nearest one", () => {
  const names = ["deploy", "review", "plan"];
  expect(closestName("deplyo", names)).toBe("deploy");
  expect(closestName("Review", names)).toBe("review");
  expect(closestName("pln", names)).toBe("plan");
  expect(closestName("bake", names)).toBeUndefined();
  expect(closestName("", names)).toBeUndefined();
});

test("the message names what there is, and does not grow with it", () => {
  expect(unknownNameMessage("deplyo", ["deploy", "plan"])).toBe(
    'There is no workflow "deplyo". Did you mean "deploy"? There are: deploy, plan.',
  );
  expect(unknownNameMessage("x", [])).toBe('There is no workflow "x". There are none at all.');
  const many = Array.from({ length: 30 }, (_, at) => `workflow-${at}`);
  expect(unknownNameMessage("bake", many)).toMatch(/workflow-19 and 10 more\.$/);
});
