import type { JsonValue } from "@lathe/kernel";
import type { WorkflowApproval } from "@lathe/wire";
import { beforeEach, expect, test } from "vitest";
import { ApprovalAsker } from "./approval-asker.ts";

interface Asked {
  readonly question: string;
  readonly takenBack: AbortSignal;
  readonly type: (line: string | undefined) => void;
}

let asked: Asked[];
let answers: (readonly [string, JsonValue])[];
let told: string[];
let asker: ApprovalAsker;
let refusal: Error | undefined;

beforeEach(() => {
  asked = [];
  answers = [];
  told = [];
  refusal = undefined;
  asker = new ApprovalAsker("run_1", {
    ask: (question, takenBack) =>
      new Promise((resolve) => {
        takenBack.addEventListener("abort", () => resolve(undefined));
        asked.push({ question, takenBack, type: resolve });
      }),
    answer: async (approvalId, answer) => {
      answers.push([approvalId, answer]);
      if (refusal !== undefined) throw refusal;
    },
    tell: (line) => told.push(line),
  });
});

function approval(approvalId: string, rest: Partial<WorkflowApproval> = {}): WorkflowApproval {
  return { callIndex: 0, approvalId, question: "Go on?", expiresAtMs: Date.now() + 3_600_000, ...rest };
}

/** Types a line, and lets the asker take it in. */
async function type(line: string | undefined): Promise<void> {
  asked.at(-1)?.type(line);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

test("an answer is yes, no, JSON or a text", async () => {
  for (const [line, answer] of [
    ["y", true],
    ["No", false],
    ['{"a":1}', { a: 1 }],
    ["take the second", "take the second"],
  ] as const) {
    asker.update([approval(`apr_${line}`)]);
    await type(line);
    expect(answers.at(-1)).toEqual([`apr_${line}`, answer]);
  }
  expect(asked[0]?.question).toBe("? Go on? (y, n, JSON or text) ");
});

test("an empty line takes the default, and without one it is asked again", async () => {
  asker.update([approval("apr_1", { default: "later" })]);
  expect(asked[0]?.question).toContain('["later"]');
  await type("");
  asker.update([approval("apr_2")]);
  await type("");
  expect(asked).toHaveLength(3);
  await type("n");
  expect(answers).toEqual([
    ["apr_1", "later"],
    ["apr_2", false],
  ]);
});

test("questions are asked one after the other, each once", async () => {
  const both = [approval("apr_1"), approval("apr_2")];
  asker.update(both);
  asker.update(both);
  expect(asked).toHaveLength(1);
  await type("y");
  expect(asked).toHaveLength(2);
  asker.update(both);
  await type("n");
  asker.update(both);
  expect(asked).toHaveLength(2);
});

test("a question that somebody else has answered is taken back, and the next one is asked", async () => {
  asker.update([approval("apr_1"), approval("apr_2")]);
  asker.update([approval("apr_2")]);
  expect(asked[0]?.takenBack.aborted).toBe(true);
  await type("y");
  await type("y");
  expect(answers).toEqual([["apr_2", true]]);
  expect(told).toEqual([]);
});

test("who leaves the question is told how to answer it later", async () => {
  asker.update([approval("apr_1")]);
  await type(undefined);
  expect(answers).toEqual([]);
  expect(told.join("\n")).toContain("workflows approve run_1 apr_1");
});

test("a question whose time is over is dropped", async () => {
  asker.update([approval("apr_1", { expiresAtMs: 0 })]);
  const [first] = asked;
  await new Promise((resolve) => first?.takenBack.addEventListener("abort", resolve));
  await type(undefined);
  expect([answers, told]).toEqual([[], []]);
});

test("that an answer was refused is told, and the next question is asked", async () => {
  refusal = new Error("The question has its answer.");
  asker.update([approval("apr_1"), approval("apr_2")]);
  await type("y");
  expect(told).toEqual(["The question has its answer."]);
  expect(asked).toHaveLength(2);
});
