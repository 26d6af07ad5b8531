// approve(): a question that waits for somebody, across restarts, and takes its default or fails when its time is over.
import type { ApprovalAsked, JsonValue } from "@lathe/kernel";
import type { WorkflowStatus } from "@lathe/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  ofType,
  script,
  type WorkflowCaller,
  WorkflowStage,
} from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await WorkflowStage.open({ engine: { approvalTimeoutMs: 3_600_000 } });
});
afterEach(() => stage.forget());
afterAll(() => stage.close());

const asking = script(`
const before = await agent("say before");
const answer = await approve("Delete " + before + "?", { default: false });
return { answer, after: answer === true ? await agent("say after") : null };`);

async function asked(
  caller: WorkflowCaller,
  text = asking,
): Promise<{ readonly id: string; readonly question: ApprovalAsked }> {
  const { id } = await caller.start(text);
  return { id, question: await caller.until(id, "approval-asked") };
}

async function answer(
  caller: WorkflowCaller,
  id: string,
  approvalId: string,
  value: JsonValue,
): Promise<readonly unknown[]> {
  const path = `/api/runs/${id}/approvals/${approvalId}`;
  const answered = await caller.fetch("POST", path, { answer: value });
  return answered.status === 204
    ? [204]
    : [answered.status, ((await answered.json()) as { code: string }).code];
}

const waits = (id: string): Promise<void> =>
  expect.poll(async () => (await stage.local.get(id)).status).toBe("waiting");

describe("a question of a script", () => {
  test("waits, is shown with its run, and is answered once: whoever comes later is told so", async () => {
    const { id, question } = await asked(stage.local);
    expect(question).toMatchObject({
      question: "Delete before?",
      default: false,
      approvalId: expect.stringMatching(/^apr_/),
    });
    await waits(id);
    const status = await stage.local.json<WorkflowStatus>("GET", `/api/runs/${id}/workflow`);
    expect(status.approvals).toMatchObject([{ approvalId: question.approvalId, question: "Delete before?" }]);
    const { approvalId } = question;
    const answers = await Promise.all(
      [true, false].map((value) => answer(stage.local, id, approvalId, value)),
    );
    expect(answers.toSorted()).toEqual([[204], [409, "approval-answered"]]);
    const { run, entries } = await stage.local.ended(id);
    expect(run.status).toBe("succeeded");
    const given = answers[0]?.[0] === 204;
    expect(run.result).toEqual({ answer: given, after: given ? "after" : null });
    expect(ofType(entries, "approval-answered")).toMatchObject([{ approvalId, answer: given, by: "local" }]);
    expect(await answer(stage.local, id, approvalId, true)).toEqual([409, "approval-answered"]);
  });

  test("takes any JSON as its answer", async () => {
    const { id, question } = await asked(stage.local, script('return approve("Which?");'));
    expect(question).not.toHaveProperty("default");
    const value = { choice: [1, null, "two"] };
    expect(await answer(stage.local, id, question.approvalId, value)).toEqual([204]);
    expect((await stage.local.ended(id)).run.result).toEqual(value);
  });

  test("is known by its id only, in its run only", async () => {
    const { id, question } = await asked(stage.local);
    const { run } = await stage.local.run(script("return 1;"));
    expect(await answer(stage.local, id, "apr_none", true)).toEqual([404, "unknown-approval"]);
    expect(await answer(stage.local, run.id, question.approvalId, true)).toEqual([404, "unknown-approval"]);
    expect(await answer(stage.local, "run_none", question.approvalId, true)).toEqual([404, "unknown-run"]);
    expect(await answer(stage.local, id, question.approvalId, false)).toEqual([204]);
    await stage.local.ended(id);
  });

  test("is none of another principal's business", async () => {
    const { id, question } = await asked(stage.ann);
    expect(await answer(stage.bob, id, question.approvalId, true)).toEqual([403, "forbidden"]);
    expect(await answer(stage.ann, id, question.approvalId, false)).toEqual([204]);
    const { run, entries } = await stage.ann.ended(id);
    expect(run.result).toEqual({ answer: false, after: null });
    expect(ofType(entries, "approval-answered")).toMatchObject([{ by: "ann" }]);
  });

  test("that nobody answers takes its default, or throws, when its time is over", async () => {
    const { run, entries } = await stage.local.run(
      script(`
const taken = await approve("One?", { default: { go: 1 }, timeout: 5 });
const thrown = await approve("Two?", { timeout: 5 }).catch((error) => error.name);
return { taken, thrown };`),
    );
    expect(run.result).toEqual({ taken: { go: 1 }, thrown: "ApprovalError" });
    const [byDefault, byNobody] = ofType(entries, "approval-answered");
    expect([byDefault, byNobody]).toMatchObject([{ answer: { go: 1 }, by: null }, { by: null }]);
    expect(byNobody).not.toHaveProperty("answer");
    const failed = await stage.local.run(script('return approve("Three?", { timeout: 5 });'));
    expect(failed.run).toMatchObject({
      status: "failed",
      error: { message: "ApprovalError: Nobody has answered in time, and there is no default: Three? (2:8)" },
    });
  });

  test("ends when its run is stopped, and nobody can answer it any more", async () => {
    const { id, question } = await asked(stage.local);
    await stage.local.fetch("POST", `/api/runs/${id}/stop`);
    expect((await stage.local.ended(id)).run.status).toBe("stopped");
    expect((await answer(stage.local, id, question.approvalId, true))[0]).toBe(409);
  });

  test("does not keep the other agents of its run from working", async () => {
    const { id } = await stage.local.start(
      script(
        `return Promise.all([approve("Go?"), agent("say meanwhile").then((text) => (log(text), text))]);`,
      ),
    );
    await stage.local.until(id, "log");
    const { approvalId } = await stage.local.until(id, "approval-asked");
    await answer(stage.local, id, approvalId, "yes");
    expect((await stage.local.ended(id)).run.result).toEqual(["yes", "meanwhile"]);
  });
});

describe("a restart of the daemon", () => {
  test("in between leaves the question, under the same id, and what was done before is not done again", async () => {
    const { id, question } = await asked(stage.local);
    await waits(id);
    await stage.restart();
    expect(await stage.local.get(id)).toMatchObject({ status: "waiting" });
    expect(await answer(stage.local, id, question.approvalId, true)).toEqual([204]);
    const { run, entries } = await stage.local.ended(id);
    expect(run).toMatchObject({ status: "succeeded", result: { answer: true, after: "after" } });
    expect(ofType(entries, "approval-asked")).toHaveLength(1);
    expect(stage.model.prompts).toEqual(["say before", "say after"]);
    expect(ofType(entries, "cache-hit")).toMatchObject([{ reason: "this-run", fromRunId: id }]);
  });

  test("after the answer does not ask again", async () => {
    const { id, question } = await asked(
      stage.local,
      script(
        `const answer = await approve("Go?"); return [answer, await agent('play [{"hold":"later","text":"later"}]', { agentType: "reader" })];`,
      ),
    );
    await answer(stage.local, id, question.approvalId, "yes");
    await stage.model.reached("later");
    await stage.restart(async () => stage.model.release("later"));
    const { run, entries } = await stage.local.ended(id);
    expect(run.result).toEqual(["yes", "later"]);
    expect(ofType(entries, "approval-asked")).toHaveLength(1);
    expect(ofType(entries, "approval-answered")).toHaveLength(1);
  });

  test("that takes longer than the question waits takes the default", async () => {
    const { id, question } = await asked(
      stage.local,
      script('return approve("Quick?", { default: "too late", timeout: 1_000 });'),
    );
    await stage.restart(async () => {
      while (Date.now() < question.expiresAtMs)
        await new Promise((resolve) => setTimeout(resolve, question.expiresAtMs - Date.now()));
    });
    expect((await stage.local.ended(id)).run.result).toBe("too late");
  });
});
