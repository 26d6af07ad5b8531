import "../testing/page-surroundings.ts";
import { ConnectionError, LatheProblem } from "@lathe/client";
import { describe, expect, test } from "vitest";
import { PressKeys } from "../state/ask-once.ts";
import { newKey } from "../state/new-key.ts";
import { runOf } from "../testing/run-of.ts";
import { argumentFields } from "./argument-fields.ts";
import { startRun } from "./launch.ts";
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
        { field: "args.goal.0", message: "too short" },
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

describe("a run that is asked for", () => {
  const launch = { kind: "workflow", workflow: "survey" };
  const lost = new ConnectionError("dropped", "The connection broke.", { mayHaveHappened: true });

  /** Answers with what stands in the list, one after the other, and notes under which key it was asked. */
  function deskOf(answers: readonly unknown[]) {
    const keys: string[] = [];
    const pausesMs: number[] = [];
    const create = async (_: unknown, key: string) => {
      const answer = answers[keys.length];
      keys.push(key);
      if (answer instanceof Error) throw answer;
      return runOf(String(answer));
    };
    const pause = async (ms: number): Promise<void> => void pausesMs.push(ms);
    return { desk: { create, pause }, keys, pausesMs };
  }

  test("is asked for again under the same key where the answer was lost", async () => {
    const { desk, keys, pausesMs } = deskOf([lost, lost, "run_1"]);
    expect((await startRun(launch, "key_1", desk)).id).toBe("run_1");
    expect([keys, pausesMs]).toEqual([
      ["key_1", "key_1", "key_1"],
      [500, 1_000],
    ]);
  });

  test("is not asked for again where it was refused", async () => {
    const refusal = new LatheProblem({ status: 422, code: "no-folder", detail: "No." } as never);
    const { desk, keys } = deskOf([refusal]);
    await expect(startRun(launch, "key_1", desk)).rejects.toBe(refusal);
    expect(keys).toEqual(["key_1"]);
  });

  test("is given up after some tries, with what was thrown last", async () => {
    const { desk, keys } = deskOf([lost, lost, lost, lost, lost]);
    await expect(startRun(launch, "key_1", desk)).rejects.toBe(lost);
    expect(keys).toHaveLength(5);
  });
});
