import "../testing/page-surroundings.ts";
import { LatheProblem } from "@lathe/client";
import { describe, expect, test } from "vitest";
import { argumentFields } from "./argument-fields.ts";
import { newKey, PressKeys } from "./launch.ts";
import { refusedFields } from "./refused-fields.ts";

describe("the key of a press", () => {
  const launch = { kind: "workflow", workflow: "survey" };

  test("stays while no answer came and nothing was changed", () => {
    const keys = new PressKeys();
    const first = keys.keyFor(launch);
    expect(keys.keyFor({ ...launch })).toBe(first);
    expect(keys.keyFor({ ...launch, args: 1 })).not.toBe(first);
  });

  test("is another one after an answer: whoever presses again wants another run", () => {
    const keys = new PressKeys();
    const first = keys.keyFor(launch);
    keys.answered();
    expect(keys.keyFor(launch)).not.toBe(first);
  });

  test("is nothing that anybody could guess", () => {
    expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(Array.from({ length: 100 }, newKey)).size).toBe(100);
  });
});

describe("what the daemon refused", () => {
  const fields = argumentFields({ args: { goal: "What to reach" } });
  const problem = (errors: readonly { field: string; message: string }[]) =>
    new LatheProblem({ status: 422, code: "invalid-run-input", detail: "It is not valid.", errors } as never);

  test("is said at the fields that are shown", () => {
    const { errors, isAll } = refusedFields(
      problem([
        { field: "cwd", message: "no folder" },
        { field: "budget.tokens", message: "too few" },
        { field: "args.goal", message: "too short" },
      ]),
      fields,
    );
    expect(Object.fromEntries(errors)).toEqual({
      cwd: "no folder",
      budget: "too few",
      "args.goal": "too short",
    });
    expect(isAll).toBe(true);
  });

  test("is said once for the whole where it belongs to no field", () => {
    expect(refusedFields(problem([{ field: "script", message: "no" }]), fields)).toEqual({
      errors: new Map(),
      isAll: false,
    });
    expect(refusedFields(problem([]), fields).isAll).toBe(false);
    expect(refusedFields(new Error("lost"), fields).isAll).toBe(false);
    expect(refusedFields(problem([{ field: "args.other", message: "no" }]), []).isAll).toBe(true);
  });
});
