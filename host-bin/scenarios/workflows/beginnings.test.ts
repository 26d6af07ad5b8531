// What cannot be begun is refused at once, with the field that is wrong and what to do.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await WorkflowStage.open();
});
afterAll(() => stage.close());

const one = script("return 1;");

async function refused(asked: object): Promise<unknown> {
  const body = { kind: "workflow", script: one, cwd: stage.workFolder, ...asked };
  const answer = await stage.local.fetch("POST", "/api/runs", body);
  return { status: answer.status, ...((await answer.json()) as object) };
}

test("a folder that is not there, or is no folder", async () => {
  const file = await stage.write("a-file", "x");
  for (const cwd of [join(stage.workFolder, "nowhere"), file])
    expect(await refused({ cwd })).toMatchObject({
      ...{ status: 422, code: "no-folder", detail: expect.stringContaining(cwd) },
      errors: [{ field: "cwd" }],
    });
});

test("a run that is resumed where its folder was, which has gone", async () => {
  await stage.write("project/a-file", "x");
  const cwd = join(stage.workFolder, "project");
  const { run } = await stage.local.run({ script: one, cwd });
  await rm(cwd, { recursive: true });
  const answer = await stage.local.fetch("POST", "/api/runs", { kind: "workflow", resumeFrom: run.id });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: "no-folder", detail: expect.stringContaining("`cwd`") });
  expect((await stage.local.run({ resumeFrom: run.id })).run).toMatchObject({ status: "succeeded" });
});

const declared = `export const meta = { name: "declared", description: "Says what it takes.", inputSchema: {
  type: ["object", "string"], required: ["goal"], additionalProperties: false,
  properties: { goal: { type: "string" }, rounds: { type: "integer", maximum: 3 } } } };
return args;`;

test("arguments that are not those which the script declares: the field is named, and nothing was begun", async () => {
  const before = await stage.local.json<Page<Run>>("GET", "/api/runs");
  const wrong = { rounds: 9, goal: "x" };
  for (const asked of [{ args: wrong }, { args: wrong, dryRun: true }])
    expect(await refused({ script: declared, ...asked })).toMatchObject({
      ...{ status: 422, code: "invalid-run-input", detail: "args.rounds must be <= 3, but it is 9." },
      errors: [{ field: "args.rounds" }],
    });
  expect(await refused({ script: declared })).toMatchObject({ errors: [{ field: "args.goal" }] });
  expect(await stage.local.json<Page<Run>>("GET", "/api/runs")).toEqual(before);
  for (const args of ["The goal", { goal: "x", rounds: 3 }])
    expect((await stage.local.run({ script: declared, args })).run.result).toEqual(args);
});

test("a script that calls another with arguments that do not fit is told the field, and may go on", async () => {
  const calling = script(`
try { await workflow({ script: ${JSON.stringify(declared)} }, { goal: 7 }); } catch (error) { return error.message; }`);
  const { run } = await stage.local.run(calling);
  expect(run.result).toBe("workflow(): args.goal must be a string, but it is a number.");
  expect(await stage.local.children(run.id)).toEqual([]);
});

test("workflows of the catalog are begun with a text, and not with numbers that they would not take", async () => {
  const asked = (args: unknown): object => ({
    script: undefined,
    workflow: "deep-research",
    args,
    dryRun: true,
  });
  expect(await refused(asked({ question: "Why?", rounds: 3 }))).toMatchObject({
    errors: [{ field: "args.rounds" }],
  });
  const { run } = await stage.local.run({ workflow: "deep-research", args: "Why?", dryRun: true });
  expect(run).toMatchObject({ status: "succeeded", title: "deep-research" });
});

test.each(["agent", "conversationId"])("a field that is one of turns: %s", async (field) => {
  expect(await refused({ [field]: "x" })).toMatchObject({
    ...{ status: 422, code: "invalid-run-input" },
    errors: [{ field }],
  });
});
