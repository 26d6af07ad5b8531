// Scripts for each row of WORKFLOWS, in both forms, on the composed daemon: what they come to, where they fail, and why
// they are not run at all.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { WorkflowCheck, WorkflowDocument, WorkflowList } from "@lathe/wire";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectRun } from "../../testing/workflows/expected-run.ts";
import { script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";
import { failing } from "./fixtures/failing.ts";
import { refused } from "./fixtures/refused.ts";
import { succeeding } from "./fixtures/succeeding.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const hint =
  "Workflow scripts are plain JavaScript: take the TypeScript syntax out (types, interfaces, enums, as).";
const bytesMax = 512 * 1024;

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await WorkflowStage.open({
    extensions: { agents: { modelAliases: { haiku: "openai/small" } } },
  });
  for (const file of await filesOf(".")) await stage.write(`.lathe/workflows/${file}`, await textOf(file));
});
afterAll(() => stage.close());

async function filesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(fileURLToPath(new URL(`./fixtures/${folder}`, import.meta.url)));
  return names.filter((name) => name.endsWith(".js"));
}

function textOf(path: string): Promise<string> {
  return readFile(new URL(`./fixtures/${path}`, import.meta.url), "utf8");
}

const nameOf = (file: string): string =>
  file === "stem-differs.js" ? "called-otherwise" : file.replace(".js", "");

describe.concurrent("a script that is found by its name", () => {
  const rows = succeeding.map(([file, ...runs]) => ({ file, runs }));
  test.each(rows)("$file comes to what is expected of it", async ({ file, runs }) => {
    for (const expected of runs) await expectRun(stage.local, { workflow: nameOf(file) }, expected);
  });
});

describe.concurrent("a script that fails", () => {
  const rows = failing.map(([file, expected]) => ({ file, expected }));
  test.each(rows)("$file ends with the message and the place in the user's file", async ({
    file,
    expected,
  }) => {
    await expectRun(stage.local, { script: await textOf(`failing/${file}`) }, expected);
  });
});

describe("a script that cannot be run", () => {
  const check = (text: string, name: string): Promise<WorkflowCheck> =>
    stage.local.json("POST", "/api/workflows/check", { script: text, name });

  const rows = refused.map(([file, code, message, line, column, kind]) => ({
    ...{ file, code, message, line, column, kind },
  }));
  test.each(rows)("$file is refused with the reason and the place", async (row) => {
    const { file, code, message, line, column, kind } = row;
    const text = await textOf(`refused/${file}`);
    const sourceLine = text.split("\n")[line - 1];
    const place = code === "script-parse-error" ? `\n${sourceLine}\n${" ".repeat(column - 1)}^` : "";
    const whole = `${message}${place}${kind === "typescript" ? `\n${hint}` : ""}`;
    expect(await check(text, file)).toEqual({
      ...{ valid: false, error: { code, message: whole, line, column } },
      ...{ warnings: [], meta: null, dialect: null },
    });
    const answer = await stage.local.create({ kind: "workflow", script: text, cwd: stage.workFolder });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code, errors: [{ field: "script", message: whole }] });
  });

  test("is one that is larger than 512 KiB, whatever stands in it; the largest one runs", async () => {
    const whole = script('return "x";');
    const padded = `${whole}//${"x".repeat(bytesMax - whole.length - 3)}\n`;
    expect(padded).toHaveLength(bytesMax);
    await expectRun(stage.local, { script: padded }, { result: "x" });
    expect((await check(`${padded} `, "large.js")).error).toEqual({
      ...{ code: "script-too-large", line: null, column: null },
      message: `The script has ${bytesMax + 1} bytes, more than ${bytesMax}: split it up`,
    });
  });

  test("is listed with its error, asked for by name it says the same, and none of it has run", async () => {
    const text = await textOf("refused/dynamic-import.js");
    const path = await stage.write("broken/.lathe/workflows/dynamic-import.js", text);
    const cwd = path.replace("/.lathe/workflows/dynamic-import.js", "");
    const error = {
      code: "script-refused",
      message: "import() is not available in workflow scripts",
      line: 4,
      column: 20,
    };
    const list = await stage.local.json<WorkflowList>("GET", `/api/workflows?cwd=${encodeURIComponent(cwd)}`);
    expect(list.items.find(({ name }) => name === "dynamic-import")).toMatchObject({
      ...{ error, description: "", dialect: null, source: { kind: "project", path } },
    });
    const answer = await stage.local.create({ kind: "workflow", workflow: "dynamic-import", cwd });
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { code: error.code, errors: [{ field: "workflow", message: error.message }] },
    ]);
  });
});

test("a file that ends in .mjs is not found by its name, and its text runs", async () => {
  const text = script('return "as text";', "by-text");
  await stage.write(".lathe/workflows/by-text.mjs", text);
  const answer = await stage.local.create({ kind: "workflow", workflow: "by-text", cwd: stage.workFolder });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
    404,
    "unknown-workflow",
  ]);
  await expectRun(stage.local, { script: text }, { result: "as text" });
});

describe("what is said of a script without running it", () => {
  const get = (name: string): Promise<WorkflowDocument> =>
    stage.local.json("GET", `/api/workflows/${name}?cwd=${encodeURIComponent(stage.workFolder)}`);

  test("is its metadata, with the keys that nobody knows; phases may be plain texts", async () => {
    expect(await get("meta-full")).toMatchObject({
      ...{ name: "meta-full", description: "A template without parts.", dialect: "script", error: null },
      ...{ whenToUse: "When every key is to be seen.", warnings: [] },
      phases: [{ title: "Plain" }, { title: "Whole", detail: "With a detail.", model: "haiku" }],
      meta: { version: 3, "quoted key": [1, -2.5, true, null, { deep: "er" }], trailing: 1_000 },
      script: await textOf("meta-full.js"),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await get("object-default")).toMatchObject({ dialect: "object", meta: { tags: ["kept", 1] } });
  });

  test("is a warning where texts are joined, where the name is not the file's, and where a name is not declared", async () => {
    expect((await get("meta-joined")).warnings).toEqual([
      { message: "meta joins texts with +: write each as one literal", line: 3, column: 16 },
    ]);
    expect((await get("called-otherwise")).warnings).toEqual([
      { message: expect.stringContaining("stem-differs"), line: null, column: null },
    ]);
    const { valid, warnings } = await stage.local.json<WorkflowCheck>("POST", "/api/workflows/check", {
      script: await textOf("failing/undeclared.js"),
    });
    expect({ valid, warnings }).toEqual({
      valid: true,
      warnings: [{ message: "resutl is not defined", line: 4, column: 16 }],
    });
  });
});

test("every script of the fixtures has its row", async () => {
  const calledByOthers = ["helper.js"];
  const rows = (table: readonly (readonly [string, ...(readonly unknown[])])[]): string[] =>
    table.map(([file]) => file).sort();
  expect([...rows(succeeding), ...calledByOthers].sort()).toEqual((await filesOf(".")).toSorted());
  expect(rows(failing)).toEqual((await filesOf("failing")).toSorted());
  expect(rows(refused)).toEqual((await filesOf("refused")).toSorted());
});
