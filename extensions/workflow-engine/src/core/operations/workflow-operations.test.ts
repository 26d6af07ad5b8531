import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonValue, Run, WorkflowEntry } from "@lathe/kernel";
import type { AnyOperation, OperationScope } from "@lathe/wire";
import { is, parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scriptFolders } from "../../edge/script-folders.ts";
import { builtInScripts } from "../../testing/built-in.ts";
import { FakeCompiler, scriptNamed } from "../../testing/fake-compiler.ts";
import { WorkflowLibrary } from "../discovery/workflow-library.ts";
import { createRunRedactor } from "../run-redactor.ts";
import type { RunOperationsDesk } from "./operations-desk.ts";
import { workflowOperations } from "./workflow-operations.ts";

let cwd: string;
let compiler: FakeCompiler;
let operations: ReadonlyMap<string, AnyOperation>;
let answers: unknown[];
let cleared: unknown[];

beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "lathe-workflow-api-")));
  await mkdir(join(cwd, ".lathe/workflows"), { recursive: true });
  compiler = new FakeCompiler();
  answers = [];
  cleared = [];
  const builtIn = builtInScripts({ review: scriptNamed("review") });
  const library = new WorkflowLibrary({ compiler, builtIn, home: undefined, files: scriptFolders });
  const all = workflowOperations({ library, compiler, redactor: createRunRedactor(undefined), ...runsDesk });
  operations = new Map(all.map((operation) => [operation.name, operation]));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const rows: ReadonlyMap<string, Run> = new Map(
  [
    { id: "run_1", kind: "workflow", owner: "ada" },
    { id: "run_2", kind: "turn", owner: "ada" },
    { id: "run_long", kind: "workflow", owner: "ada" },
  ].map((run) => [run.id, completed(run)]),
);

function completed({ id, kind, owner }: Pick<Run, "id" | "kind" | "owner">): Run {
  return {
    ...{
      id,
      kind,
      owner,
      title: null,
      parentId: null,
      status: "running",
      agent: null,
      conversationId: null,
      turnId: null,
    },
    ...{ firstSeq: 1, lastSeq: null, createdAtMs: 1, startedAtMs: 1, endedAtMs: null },
    ...{ usage: null, result: null, error: null, budget: null, schemaWarnings: [] },
  };
}

function logOf(runId: string): readonly WorkflowEntry[] {
  const called = { runId, label: "look", phase: "Plan", key: "k", atMs: 5 };
  if (runId === "run_long")
    return Array.from({ length: 2_500 }, (_, at) => {
      const call = { ...called, callIndex: at, seq: at + 1 };
      if (at % 2 === 0) return { ...call, type: "cache-miss", reason: "first" };
      return { ...call, type: "cache-hit", reason: "other-run", fromRunId: "run_0" };
    });
  return [{ ...called, callIndex: 0, seq: 1, type: "cache-miss", reason: "may-write" }];
}

const runsDesk: RunOperationsDesk = {
  runs: { get: async (id) => rows.get(id) },
  log: {
    entries: async (id, { afterSeq, limit }) => logOf(id).slice(afterSeq, afterSeq + limit),
  },
  approvals: {
    answer: async ({ id }, approvalId, answer, by) => {
      if (approvalId === "apr_0") return "unknown";
      if (answers.length > 0) return "already-answered";
      answers.push([id, approvalId, answer, by]);
      return "answered";
    },
  },
  cache: {
    clear: async (owner, workflow) => {
      cleared.push([owner, workflow]);
      return 3;
    },
  },
};

/** What is looked at in detail, of any answer. */
interface Answer {
  readonly items: readonly unknown[];
  readonly hitCount: number;
  readonly missCount: number;
}

interface Caller {
  readonly id?: string;
  readonly scopes?: readonly OperationScope[];
}

/** Calls as a transport does: the input goes through its schema, and so does what is answered. */
async function call(
  name: string,
  sent: object,
  { id = "ada", scopes = ["read", "write"] }: Caller = {},
): Promise<Answer> {
  const operation = operations.get(name);
  if (operation === undefined) throw new Error(`There is no ${name}.`);
  const { signal } = new AbortController();
  const output = await operation.run(parse(operation.input, sent), { principal: { id, scopes }, signal });
  expect(is(operation.output, output)).toBe(true);
  return output as Answer;
}

function write(file: string, text: string): Promise<void> {
  return writeFile(join(cwd, ".lathe/workflows", file), text);
}

describe("the list", () => {
  test("shows what there is, and what is wrong", async () => {
    await write("b.js", "const = 1");
    await write("review.js", scriptNamed("review"));
    expect(await call("workflows.list", { cwd })).toEqual({
      items: [
        {
          ...{
            name: "b",
            description: "",
            whenToUse: null,
            dialect: null,
            phases: [],
            warnings: [],
            shadows: [],
          },
          source: { kind: "project", path: join(cwd, ".lathe/workflows/b.js") },
          error: {
            code: "script-parse-error",
            message: "Script parse error: no meta (1:1)",
            line: 1,
            column: 1,
          },
        },
        {
          ...{ name: "review", description: "Is review.", whenToUse: null, dialect: "script", phases: [] },
          ...{ warnings: [], error: null },
          source: { kind: "project", path: join(cwd, ".lathe/workflows/review.js") },
          shadows: [{ kind: "built-in", path: null }],
        },
      ],
      warnings: [],
    });
  });

  test("of a folder that is not there is refused", async () => {
    const refusal = call("workflows.list", { cwd: join(cwd, "nowhere") });
    await expect(refusal).rejects.toMatchObject({ status: 422, code: "no-folder" });
  });

  test("after a reload is read again", async () => {
    await call("workflows.list", {});
    await call("workflows.list", {});
    const { items } = await call("workflows.reload", {});
    expect(items).toHaveLength(1);
    expect(compiler.compiled).toEqual(["review.js", "review.js"]);
  });
});

describe("one workflow", () => {
  test("is shown with its text", async () => {
    expect(await call("workflows.get", { name: "review" })).toMatchObject({
      name: "review",
      script: scriptNamed("review"),
      hash: "hash of review.js",
      meta: { name: "review", description: "Is review." },
    });
  });

  test("is shown though it is broken, with its text", async () => {
    await write("b.js", "const = 1");
    expect(await call("workflows.get", { name: "b", cwd })).toMatchObject({
      script: "const = 1",
      hash: null,
      meta: null,
      error: { code: "script-parse-error" },
    });
  });

  test("that there is not is named, with what was probably meant", async () => {
    const refusal = call("workflows.get", { name: "reviw" });
    await expect(refusal).rejects.toMatchObject({
      status: 404,
      code: "unknown-workflow",
      message: 'There is no workflow "reviw". Did you mean "review"? There are: review.',
    });
  });
});

describe("the check", () => {
  test("of a text says whether it can be run", async () => {
    expect(await call("workflows.check", { script: scriptNamed("x"), name: "x.js" })).toEqual({
      valid: true,
      error: null,
      warnings: [],
      meta: { name: "x", description: "Is x." },
      dialect: "script",
    });
    expect(await call("workflows.check", { script: "const = 1" })).toMatchObject({
      valid: false,
      error: { code: "script-parse-error", line: 1, column: 1 },
    });
    expect(compiler.compiled).toEqual(["x.js", "workflow.js"]);
  });

  test("of a name looks it up, and shows the warnings of its place", async () => {
    await write("file.js", scriptNamed("other"));
    expect(await call("workflows.check", { workflow: "other", cwd })).toMatchObject({
      valid: true,
      warnings: [{ message: expect.stringContaining('"file"') }],
    });
    await write("b.js", "const = 1");
    expect(await call("workflows.check", { workflow: "b", cwd })).toMatchObject({ valid: false });
    const refusal = call("workflows.check", { workflow: "nothing" });
    await expect(refusal).rejects.toMatchObject({ code: "unknown-workflow" });
  });

  test("takes a name or a text, not both and not neither", () => {
    const input = operations.get("workflows.check")?.input;
    if (input === undefined) throw new Error("There is no check.");
    expect(safeParse(input, { cwd: "/" }).success).toBe(false);
    expect(safeParse(input, { workflow: "a", script: "b" }).success).toBe(false);
    expect(safeParse(input, { script: "" }).success).toBe(true);
  });
});

describe("a run", () => {
  test("shows how it is doing", async () => {
    expect(await call("workflows.status", { id: "run_1" })).toMatchObject({
      run: { id: "run_1" },
      counts: { queued: 1 },
      phases: [{ title: "Plan", agents: [{ label: "look", state: "queued" }] }],
    });
  });

  test("shows why each call ran or did not, however many there are", async () => {
    expect(await call("workflows.cache", { id: "run_1" })).toEqual({
      items: [
        {
          ...{ callIndex: 0, label: "look", phase: "Plan", key: "k" },
          ...{ outcome: "miss", reason: "may-write", fromRunId: null },
        },
      ],
      hitCount: 0,
      missCount: 1,
    });
    const { hitCount, missCount, items } = await call("workflows.cache", { id: "run_long" });
    expect([hitCount, missCount, items.length]).toEqual([1_250, 1_250, 2_500]);
  });

  test("is another's business to nobody but an admin", async () => {
    for (const name of ["workflows.status", "workflows.cache", "workflows.approve"]) {
      const sent = name === "workflows.approve" ? { approvalId: "apr_1", answer: true } : {};
      const other = call(name, { id: "run_1", ...sent }, { id: "bob" });
      await expect(other).rejects.toMatchObject({ status: 403, code: "forbidden" });
      const nowhere = call(name, { id: "run_0", ...sent });
      await expect(nowhere).rejects.toMatchObject({ status: 404, code: "unknown-run" });
      const turn = call(name, { id: "run_2", ...sent });
      await expect(turn).rejects.toMatchObject({ status: 409, code: "not-a-workflow-run" });
      const admin: Caller = { id: "root", scopes: ["admin"] };
      await expect(call(name, { id: "run_1", ...sent }, admin)).resolves.toBeDefined();
    }
  });

  test("is answered once", async () => {
    const answer: JsonValue = { go: true };
    expect(await call("workflows.approve", { id: "run_1", approvalId: "apr_1", answer })).toBeNull();
    expect(answers).toEqual([["run_1", "apr_1", answer, "ada"]]);
    const again = call("workflows.approve", { id: "run_1", approvalId: "apr_1", answer: null });
    await expect(again).rejects.toMatchObject({ status: 409, code: "approval-answered" });
    const unknown = call("workflows.approve", { id: "run_1", approvalId: "apr_0", answer });
    await expect(unknown).rejects.toMatchObject({ status: 404, code: "unknown-approval" });
  });
});

test("who clears the cache clears his own", async () => {
  expect(await call("workflows.clearCache", { workflow: "review" })).toEqual({ removedCount: 3 });
  await call("workflows.clearCache", {}, { id: "bob", scopes: ["admin"] });
  expect(cleared).toEqual([
    ["ada", "review"],
    ["bob", undefined],
  ]);
});
