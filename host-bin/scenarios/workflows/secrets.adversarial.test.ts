// H1s: whatever a secret comes into a run of a workflow with, it is in nothing that is kept and in nothing that is shown.
// The same search finds every one of them where nobody takes them out: the control.
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonValue } from "@lathe/kernel";
import type { WorkflowStatus } from "@lathe/wire";
import { afterEach, expect, test, vi } from "vitest";
import { canaryKeys } from "../../testing/stage.ts";
import { play } from "../../testing/workflows/prompted-model.ts";
import { script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Known to the daemon by its environment. */
const registered = canaryKeys.OPENAI_API_KEY;
/** Known by its shape, one for each way in; made here, since no file of the repository may hold one. */
const shaped = (place: string): string => ["ghp", `${place}C4nary`.repeat(6).slice(0, 36)].join("_");
const canaries = {
  registered,
  script: shaped("scr1pt"),
  meta: shaped("m3ta"),
  arguments: shaped("arguments1"),
  agent: shaped("ag3nt"),
  schema: shaped("sch3ma"),
  approval: shaped("appr0val"),
  broken: shaped("br0ken"),
} as const;
const visible = "a sentence that is to be found";

let stage: WorkflowStage;
afterEach(() => stage.close());

test("H1s: no canary is in the store, the streams or any answer", async () => {
  const seen = await everythingOfTheRuns(false);
  expect(seen).toContain(visible);
  expect(seen).toContain("[redacted:");
  expect(
    Object.keys(canaries).filter((name) => holds(seen, canaries[name as keyof typeof canaries])),
  ).toEqual([]);
});

test("H1s: without redaction the same search finds every canary", async () => {
  const seen = await everythingOfTheRuns(true);
  expect(
    Object.keys(canaries).filter((name) => !holds(seen, canaries[name as keyof typeof canaries])),
  ).toEqual([]);
});

test("a script that goes on after a restart is given what it was given before", async () => {
  stage = await WorkflowStage.open();
  const { id } = await stage.local.start({
    script: script(`
const seen = [args.key, await agent("play [{\\"text\\":\\"" + args.key + "\\"}]")];
seen.push(await approve("Which?"));
return [...seen, await approve("Again?")];`),
    args: { key: registered },
  });
  await answer(id, 1, registered);
  await stage.local.until(id, "approval-asked", ({ callIndex }) => callIndex === 2);
  await stage.restart();
  await answer(id, 2, "the end");
  const { run } = await stage.local.ended(id);
  const marker = expect.stringMatching(/^\[redacted:/);
  expect(run).toMatchObject({ status: "succeeded", result: [marker, marker, marker, "the end"] });
});

async function everythingOfTheRuns(unsafeWithoutRedaction: boolean): Promise<string> {
  stage = await WorkflowStage.open({ unsafeWithoutRedaction });
  await mkdir(join(stage.workFolder, ".lathe/workflows"), { recursive: true });
  await stage.write(
    ".lathe/workflows/leaky.js",
    `export const meta = { name: "leaky", description: "${visible} ${canaries.meta}" };
const own = "${canaries.script} ${registered}";
log(own);
console.error(own);
phase("Phase " + own);
const said = await agent(${JSON.stringify(play({ text: canaries.agent }))} + "\\n" + args.key, { label: args.key });
const found = await agent(${JSON.stringify(play({ json: { found: canaries.schema } }))}, {
  schema: { type: "object", properties: { found: { type: "string" } }, required: ["found"], description: own },
});
const nested = await workflow({ script: "export const meta = { name: 'inner', description: 'x' }; return args" }, own);
const answered = await approve("May I use " + own + "?", { default: own });
try { await agent("x", { agentType: own }); } catch (error) { log(error.message); }
try { await workflow(own); } catch (error) { log(error.message); }
if (args.throws) throw new Error(own + answered);
return { own, said, found, nested, answered, [own]: args };
`,
  );
  await stage.write(".lathe/workflows/broken.js", `export const meta = {};\nconst = "${canaries.broken}";`);
  const shown: string[] = [];
  for (const throws of [false, true]) {
    const args = { key: canaries.arguments, throws };
    const { id } = await stage.local.start({ workflow: "leaky", args });
    const { approvals } = await answer(id, 3, canaries.approval);
    shown.push(JSON.stringify(approvals));
    shown.push(JSON.stringify(await stage.local.ended(id)));
    for (const path of ["", "/workflow", "/cache", "/events?after=0"])
      shown.push(await text("GET", `/api/runs/${id}${path}`));
  }
  const cwd = encodeURIComponent(stage.workFolder);
  const list = await text("GET", `/api/runs?limit=100`);
  for (const path of ["/api/workflows", "/api/workflows/leaky", "/api/workflows/broken"])
    shown.push(await text("GET", `${path}?cwd=${cwd}`));
  shown.push(await text("POST", "/api/workflows/check", { script: `const = "${canaries.broken}";` }));
  for (const asked of [{ workflow: "broken" }, { script: `const = "${canaries.broken}";` }])
    shown.push(await text("POST", "/api/runs", { kind: "workflow", cwd: stage.workFolder, ...asked }));
  shown.push(list, ...(await readAll(stage.stateFolder)));
  return shown.join("\n");
}

async function text(method: string, path: string, body?: object): Promise<string> {
  return (await stage.local.fetch(method, path, body)).text();
}

/** Answers the question that a call asks, when it is asked. Returns how the run was doing then. */
async function answer(id: string, callIndex: number, value: JsonValue): Promise<WorkflowStatus> {
  const { approvalId } = await stage.local.until(
    id,
    "approval-asked",
    (asked) => asked.callIndex === callIndex,
  );
  const status = await stage.local.json<WorkflowStatus>("GET", `/api/runs/${id}/workflow`);
  const sent = await stage.local.fetch("POST", `/api/runs/${id}/approvals/${approvalId}`, { answer: value });
  expect(sent.status).toBe(204);
  return status;
}

/** As it is, and as it may be spelled where it is kept. */
function holds(seen: string, canary: string): boolean {
  const spelled = [
    canary,
    Buffer.from(canary).toString("base64").replace(/=+$/, ""),
    Buffer.from(canary).toString("hex"),
  ];
  return spelled.some((one) => seen.includes(one));
}

async function readAll(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")));
}
