// What a caller says beside `input` is an input by itself.

import { runsCreate } from "@lathe/wire/operations";
import { parse } from "valibot";
import { describe, expect, test } from "vitest";
import { openStage } from "./testing/stage.ts";

const everything = {
  workflow: "deep-research",
  args: { topic: "lathes", depth: null },
  budget: { tokens: 100_000, usd: 1.5 },
  cwd: "/home/ann/lathe",
  dryRun: true,
  resumeFrom: "run_1",
  cache: "fresh",
};

describe("a run that is started without `input`", () => {
  test("is given an object of the fields that were sent, and of no others", async () => {
    await using stage = await openStage();
    await stage.ask("runs.create", { kind: "workflow", agent: "coder", ...everything });
    await stage.ask("runs.create", { kind: "workflow", script: "return 1", args: null });
    await stage.ask("runs.create", { kind: "workflow" });
    expect(stage.workflows.started.map(({ request }) => request)).toEqual([
      { input: everything, agent: "coder" },
      { input: { script: "return 1", args: null } },
      { input: {} },
    ]);
  });

  test.each(Object.keys(everything))("is refused where there is an `input` and %s as well", async (field) => {
    await using stage = await openStage();
    const sent = { kind: "workflow", input: "x", [field]: everything[field as keyof typeof everything] };
    const message = `The request has an \`input\` and the field \`${field}\`, which would be a part of it. Use one of them.`;
    expect(await stage.problemOf("runs.create", sent)).toMatchObject({
      ...{ status: 422, code: "invalid-run-input", detail: message, errors: [{ field, message }] },
    });
    expect(stage.workflows.started).toEqual([]);
  });

  test("with an Idempotency-Key, each field is a part of what was asked", async () => {
    await using stage = await openStage();
    const key = { idempotencyKey: "key-1" };
    const first = await stage.ask("runs.create", { kind: "workflow", ...everything }, key);
    expect(await stage.ask("runs.create", { ...everything, kind: "workflow" }, key)).toEqual(first);
    for (const field of Object.keys(everything)) {
      const other = { kind: "workflow", ...everything, [field]: undefined };
      expect(await stage.problemOf("runs.create", other, key)).toMatchObject({
        code: "idempotency-key-reused",
      });
    }
    expect(stage.workflows.started).toHaveLength(1);
  });
});

test.each<[string, object]>([
  ["a budget below 0", { budget: { tokens: -1 } }],
  ["a budget of something else", { budget: { euros: 1 } }],
  ["a folder that is not absolute", { cwd: "src" }],
  ["another way to use the cache", { cache: "never" }],
  ["a field that is not known", { resume: "run_1" }],
])("%s is refused by the schema", (_what, fields) => {
  expect(() => parse(runsCreate.input, { kind: "workflow", workflow: "w", ...fields })).toThrow();
});
