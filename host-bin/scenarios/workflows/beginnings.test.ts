// What cannot be begun is refused at once, with the field that is wrong and what to do.

import { rm } from "node:fs/promises";
import { join } from "node:path";
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

test.each(["agent", "conversationId"])("a field that is one of turns: %s", async (field) => {
  expect(await refused({ [field]: "x" })).toMatchObject({
    ...{ status: 422, code: "invalid-run-input" },
    errors: [{ field }],
  });
});
