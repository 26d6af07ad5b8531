import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { type Ending, LatheProcess, runLathe } from "../testing/lathe-process.ts";
import { type Answer, type StandInDaemon, startStandInDaemon } from "../testing/stand-in-daemon.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
let daemon: StandInDaemon | undefined;
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
  await home.remove();
});

async function prepare(answers: Readonly<Record<string, readonly Answer[]>>): Promise<void> {
  daemon = await startStandInDaemon(home.stateFolder, answers);
}

function lathe(...argv: string[]): Promise<Ending> {
  return runLathe(argvOf(argv), { environment: home.environment, cwd: home.folder });
}

function argvOf(argv: readonly string[]): readonly string[] {
  return ["workflows", ...argv, "--state", home.stateFolder];
}

const usage = {
  ...{ inputTokens: 10, outputTokens: 5 },
  ...{ cacheReadTokens: null, cacheWriteTokens: null, reasoningTokens: null },
};

const run = {
  ...{ id: "run_1", kind: "workflow", owner: "local", title: null, parentId: null },
  ...{ status: "succeeded", agent: null },
  ...{ conversationId: null, turnId: null, firstSeq: 1, lastSeq: 3, createdAtMs: 1, startedAtMs: 1 },
  ...{ endedAtMs: 9, usage, result: null, error: null, budget: null, schemaWarnings: [] },
};

const start = {
  ...{ type: "workflow-start", runId: "run_1", name: "deploy", description: "Deploys.", dialect: "script" },
  ...{ scriptHash: "abc", phases: [], budget: { tokens: null, usd: null }, dry: false, resumeOf: null },
  ...{ seq: 1, atMs: 1 },
};

function logged(text: string, seq = 2): object {
  return { type: "log", runId: "run_1", source: "script", level: "info", text, seq, atMs: 1 };
}

function finish(status: string, result: unknown, seq = 3): object {
  return {
    ...{ type: "workflow-finish", runId: "run_1", status, result, error: null, usage },
    ...{ agentCount: 0, cacheHitCount: 0, durationMs: 80, seq, atMs: 1 },
  };
}

const stream = "GET /api/runs/run_1/stream";

function runAnswers(...events: readonly object[]): Record<string, readonly Answer[]> {
  return {
    "POST /api/runs": [{ status: 202, json: { ...run, status: "queued" } }],
    [stream]: [{ events: [start, ...events], end: "complete" }],
    "GET /api/runs/run_1": [{ json: run }],
  };
}

const summary = {
  ...{ name: "deploy", description: "Deploys.", whenToUse: null, dialect: "script" },
  ...{ phases: [{ title: "Plan", detail: "Thinks." }, { title: "Ship" }], error: null, warnings: [] },
  source: { kind: "project", path: "/x/.lathe/workflows/deploy.js" },
  shadows: [{ kind: "built-in", path: null }],
};

const broken = {
  ...{ ...summary, name: "rot", description: "", dialect: null, phases: [], shadows: [] },
  source: { kind: "home", path: "/h/.lathe/workflows/rot.js" },
  error: {
    ...{ code: "script-parse-error", line: 2, column: 7 },
    message: "Script parse error: Unexpected token (2:7)\nconst = 1\n      ^",
  },
};

function inFolder(path: string): string {
  return `${path}?${new URLSearchParams({ cwd: home.folder })}`;
}

describe("what there is", () => {
  test("is listed, broken ones with what is wrong and where", async () => {
    const warnings = [{ path: "/x/.claude/workflows", message: "It is a link." }];
    await prepare({
      [`GET ${inFolder("/api/workflows")}`]: [{ json: { items: [summary, broken], warnings } }],
    });
    const { code, stdout, stderr } = await lathe();
    expect(stdout.split("\n")).toEqual([
      "deploy  project   Deploys.",
      "rot     home      ! Script parse error: Unexpected token (2:7)",
      "    /h/.lathe/workflows/rot.js",
      "",
    ]);
    expect(stderr).toBe("/x/.claude/workflows: It is a link.\n");
    expect(code).toBe(exitCodes.ok);
    expect(JSON.parse((await lathe("list", "--json")).stdout)).toEqual({
      items: [summary, broken],
      warnings,
    });
  });

  const inputSchema = {
    type: ["object", "string"],
    required: ["goal"],
    properties: {
      goal: { type: "string", description: "What to reach" },
      rounds: { type: "integer", minimum: 1, maximum: 3, default: 2 },
      depth: { enum: ["deep", 3] },
      any: true,
    },
  };

  test("is shown with its text, and a broken one ends with 1", async () => {
    const shown = { ...summary, script: "return 1\n", hash: "abc", meta: { inputSchema } };
    await prepare({
      [`GET ${inFolder("/api/workflows/deploy")}`]: [{ json: shown }],
      [`GET ${inFolder("/api/workflows/rot")}`]: [
        { json: { ...broken, script: "x\u001b[2J", hash: null, meta: null } },
      ],
    });
    const { code, stdout } = await lathe("show", "deploy");
    expect(stdout).toContain("phases       Plan: Thinks.\n             Ship\n");
    expect(stdout).toContain("instead of   built-in\n");
    expect(stdout).toContain(
      "arguments    goal (string, required): What to reach\n" +
        "             rounds (integer, 1 to 3, usually 2)\n" +
        "             depth (deep | 3)\n" +
        "             any\n",
    );
    expect(stdout.endsWith("\n\nreturn 1\n")).toBe(true);
    expect(code).toBe(exitCodes.ok);
    const rot = await lathe("show", "rot");
    expect(rot.stderr).toContain("      ^\n");
    expect(rot.code).toBe(exitCodes.failed);
  });
});

describe("the check", () => {
  const valid = { valid: true, error: null, warnings: [], meta: {}, dialect: "script" };

  test("of a file sends its text, and shows the line with a caret", async () => {
    await mkdir(join(home.folder, "flows"));
    await writeFile(join(home.folder, "flows/rot.js"), "\nconst = 1");
    const answer = { valid: false, error: broken.error, warnings: [], meta: null, dialect: null };
    await prepare({ "POST /api/workflows/check": [{ json: answer }] });
    const { code, stdout, stderr } = await lathe("check", "flows/rot.js");
    expect(stderr).toBe("flows/rot.js:2:7: Script parse error: Unexpected token (2:7)\nconst = 1\n      ^\n");
    expect([code, stdout]).toEqual([exitCodes.failed, ""]);
    expect(daemon?.asked[0]?.body).toEqual({ script: "\nconst = 1", name: "rot.js" });
  });

  test("of a name looks it up here; warnings do not make it fail", async () => {
    const warnings = [{ message: "It is called otherwise.", line: null, column: null }];
    await prepare({ "POST /api/workflows/check": [{ json: { ...valid, warnings } }] });
    const { code, stdout, stderr } = await lathe("check", "deploy");
    expect([code, stdout]).toEqual([exitCodes.ok, "deploy can be run.\n"]);
    expect(stderr).toBe("Warning: deploy: It is called otherwise.\n");
    expect(daemon?.asked[0]?.body).toEqual({ workflow: "deploy", cwd: home.folder });
  });

  test("of a file that is not there, too large or no text is a wrong command line", async () => {
    await writeFile(join(home.folder, "large.js"), " ".repeat(524_289));
    await writeFile(join(home.folder, "other.js"), new Uint8Array([0xff]));
    expect(await lathe("check", "none.js")).toMatchObject({ code: exitCodes.usage });
    expect((await lathe("check", "large.js")).stderr).toContain("512 KiB");
    expect((await lathe("check", "other.js")).stderr).toContain("UTF-8");
  });
});

describe("a run", () => {
  test("is started, shown while it happens, and its result is all of the output", async () => {
    await prepare(runAnswers(logged("Hello."), finish("succeeded", { done: [1] })));
    const { code, stdout, stderr } = await lathe("run", "deploy", "count=2", "--budget", "200k", "--dry");
    expect(JSON.parse(stdout)).toEqual({ done: [1] });
    expect(stderr.split("\n").slice(0, 2)).toEqual(["deploy run_1", "| Hello."]);
    expect(code).toBe(exitCodes.ok);
    expect(daemon?.asked[0]).toEqual({
      what: "POST /api/runs",
      body: {
        kind: "workflow",
        workflow: "deploy",
        cwd: home.folder,
        args: { count: 2 },
        budget: { tokens: 200_000 },
        dryRun: true,
      },
    });
  });

  test("of a file sends its text, and all that was asked for", async () => {
    await writeFile(join(home.folder, "own.js"), "return args");
    await prepare(runAnswers(finish("succeeded", null, 2)));
    const options = [
      "--args",
      "[1]",
      "--budget-usd",
      "2.50",
      "--fresh",
      "--resume-from",
      "run_0",
      "--cwd",
      "/tmp",
    ];
    const { code, stdout } = await lathe("run", "own.js", ...options, "--yes");
    expect([code, stdout]).toEqual([exitCodes.ok, "null\n"]);
    expect(daemon?.asked[0]?.body).toEqual({
      kind: "workflow",
      script: "return args",
      cwd: "/tmp",
      args: [1],
      resumeFrom: "run_0",
      budget: { usd: 2.5 },
      cache: "fresh",
    });
  });

  test("goes on being followed where its stream is cut, and nothing is shown twice", async () => {
    await prepare({
      ...runAnswers(),
      [stream]: [{ events: [start, logged("One.")], end: "cut" }],
      "GET /api/runs/run_1/stream after 2": [
        { events: [logged("One."), finish("succeeded", 7)], end: "complete" },
      ],
    });
    const { stdout, stderr } = await lathe("run", "deploy");
    expect(stdout).toBe("7\n");
    expect(stderr.match(/One\./g)).toHaveLength(1);
  });

  test("what a script logs does not steer the terminal", async () => {
    await prepare(runAnswers(logged("a\u001b[2Jb\u009b31mc\u0000\rd\ue000\ud800"), finish("succeeded", 1)));
    const { stderr } = await lathe("run", "deploy");
    expect(stderr).toContain("| a[2Jb31mc\n| d\ue000\ufffd\n");
  });

  test("with --json prints each event as a line, and nothing else", async () => {
    await prepare(runAnswers(logged("a\u009b31m"), finish("succeeded", 1)));
    const { stdout, stderr } = await lathe("run", "deploy", "--json");
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      "workflow-start",
      "log",
      "workflow-finish",
    ]);
    expect([stdout.includes("\u009b"), stderr]).toEqual([false, ""]);
  });

  test("that failed ends with 1, says why, and prints no result", async () => {
    const error = { code: "script-error", message: "x is not defined (3:1)" };
    await prepare({
      ...runAnswers(finish("failed", null, 2)),
      "GET /api/runs/run_1": [{ json: { ...run, status: "failed", error } }],
    });
    const { code, stdout, stderr } = await lathe("run", "deploy");
    expect([code, stdout]).toEqual([exitCodes.failed, ""]);
    expect(stderr).toContain("run_1 failed (script-error): x is not defined (3:1)");
    expect(stderr).toContain("lathe workflows resume run_1");
  });

  test("Ctrl-C stops it, shows how it ends, and ends with 130", async () => {
    const until = "POST /api/runs/run_1/stop";
    const after = [finish("stopped", null)];
    await prepare({
      ...runAnswers(),
      [stream]: [{ events: [start, logged("Waiting.")], until, after }],
      [until]: [{ status: 202, json: { ...run, status: "stopping" } }],
      "GET /api/runs/run_1": [{ json: { ...run, status: "stopped" } }],
    });
    const surroundings = { environment: home.environment, cwd: home.folder };
    const process = new LatheProcess(argvOf(["run", "deploy"]), surroundings);
    await process.printed(/Waiting/);
    process.kill("SIGINT");
    const { code, stdout, stderr } = await process.ended();
    expect([code, stdout]).toEqual([exitCodes.interrupted, ""]);
    expect(stderr).toContain("run_1 stopped");
  });

  test("is gone on with from another one", async () => {
    await prepare(runAnswers(finish("succeeded", 1, 2)));
    expect(await lathe("resume", "run_0", "--budget", "5000")).toMatchObject({ code: exitCodes.ok });
    const body = { kind: "workflow", resumeFrom: "run_0", budget: { tokens: 5_000 } };
    expect(daemon?.asked[0]).toEqual({ what: "POST /api/runs", body });
  });

  test("is followed by `lathe runs follow` as well", async () => {
    await prepare(runAnswers(logged("Hello."), finish("succeeded", 4)));
    const argv = ["runs", "follow", "run_1", "--state", home.stateFolder];
    const ending = await runLathe(argv, { environment: home.environment, cwd: home.folder });
    expect(ending).toMatchObject({ code: exitCodes.ok, stdout: "4\n" });
    expect(ending.stderr).toContain("| Hello.");
  });
});

const approval = {
  callIndex: 2,
  approvalId: "apr_1",
  question: "Go on?",
  default: false,
  expiresAtMs: 86_400_000,
};
const counts = { queued: 0, running: 1, done: 1, cached: 0, partial: 0, null: 0, failed: 0, stopped: 0 };
const agent = {
  ...{ callIndex: 0, label: "scout", phase: "Plan", state: "done", prompt: "Look.", agent: "default" },
  ...{ model: "demo/m", childRunId: "run_2", conversationId: "cnv_2", startedAtMs: 1, durationMs: 1_500 },
  ...{ usage, triesAgain: 0, error: null },
};
const status = {
  ...{ run: { ...run, status: "running" }, name: "deploy", description: "Deploys.", scriptHash: "abc" },
  ...{
    dry: false,
    resumeOf: null,
    phase: "Plan",
    counts,
    log: [logged("Hello.")],
    result: null,
    error: null,
  },
  phases: [{ title: "Plan", detail: null, agents: [agent] }],
  budget: { limits: { tokens: 1_000, usd: null }, spentTokens: 15, spentUsd: 0 },
  approvals: [approval],
};
const statusPath = "GET /api/runs/run_1/workflow";

describe("a run that is looked at", () => {
  test("shows its agents, what it spent, and what it waits for", async () => {
    await prepare({ [statusPath]: [{ json: status }] });
    const { code, stdout } = await lathe("status", "run_1");
    expect(stdout.split("\n")).toEqual([
      "run          run_1",
      "workflow     deploy",
      "description  Deploys.",
      "status       running",
      "agents       1 running, 1 done",
      "spent        15 of 1,000 tokens",
      "phase        Plan",
      "",
      "Plan",
      "  scout  done  1.50 s  15 tokens  demo/m  run_2",
      "",
      "log",
      "  Hello.",
      "",
      "It waits for an answer: Go on?",
      "  until 1970-01-02T00:00:00.000Z, then false",
      "  lathe workflows approve run_1 apr_1 --yes | --no | --answer JSON",
      "",
    ]);
    expect(code).toBe(exitCodes.ok);
    expect(JSON.parse((await lathe("status", "run_1", "--json")).stdout)).toEqual(status);
  });

  test("says why each call was asked or not", async () => {
    const call = { callIndex: 0, label: "scout", phase: "Plan", key: "k" };
    const items = [
      { ...call, outcome: "hit", reason: "resumed-run", fromRunId: "run_0" },
      { ...call, callIndex: 1, outcome: "miss", reason: "may-write", fromRunId: null },
    ];
    await prepare({ "GET /api/runs/run_1/cache": [{ json: { items, hitCount: 1, missCount: 1 } }] });
    const { stdout } = await lathe("cache", "run_1");
    expect(stdout.split("\n")).toEqual([
      "   0  scout  Plan  hit   the run that this one goes on from had its answer  run_0",
      "   1  scout  Plan  miss  its agent may change things",
      "1 answered from what is stored, 1 asked.",
      "",
    ]);
  });

  test("is cancelled, which is over when it has stopped", async () => {
    await prepare({
      "POST /api/runs/run_1/stop": [{ status: 202, json: { ...run, status: "stopping" } }],
      "GET /api/runs/run_1": [{ json: { ...run, status: "stopped" } }],
    });
    expect(await lathe("cancel", "run_1")).toMatchObject({ code: exitCodes.ok, stdout: "run_1 stopped\n" });
  });

  test("has its stored answers cleared, of one workflow or of all", async () => {
    await prepare({
      "DELETE /api/workflows/cache": [{ json: { removedCount: 3 } }],
      "DELETE /api/workflows/cache?workflow=deploy": [{ json: { removedCount: 1 } }],
    });
    expect((await lathe("cache", "--clear")).stdout).toBe("Stored answers removed: 3\n");
    expect(JSON.parse((await lathe("cache", "--clear", "deploy", "--json")).stdout)).toEqual({
      removedCount: 1,
    });
  });
});

describe("an answer", () => {
  test("goes to the only question of the run where none is named", async () => {
    await prepare({
      [statusPath]: [{ json: status }],
      "POST /api/runs/run_1/approvals/apr_1": [{ status: 204, json: null }],
    });
    expect(await lathe("approve", "run_1", "--no")).toMatchObject({ code: exitCodes.ok });
    expect((await lathe("approve", "run_1", "apr_1", "--answer", '{"go":1}')).stdout).toBe(
      "apr_1 is answered.\n",
    );
    const bodies = daemon?.asked.filter(({ what }) => what.startsWith("POST")).map(({ body }) => body);
    expect(bodies).toEqual([{ answer: false }, { answer: { go: 1 } }]);
  });

  test("is not given where the run waits for none, or for several", async () => {
    const second = { ...approval, approvalId: "apr_2", question: "Sure?" };
    await prepare({
      [statusPath]: [
        { json: { ...status, approvals: [] } },
        { json: { ...status, approvals: [approval, second] } },
      ],
    });
    const none = await lathe("approve", "run_1", "--yes");
    expect([none.code, none.stderr]).toEqual([exitCodes.failed, "run_1 waits for no answer.\n"]);
    const several = await lathe("approve", "run_1", "--yes");
    expect(several.stderr).toContain("lathe workflows approve run_1 apr_2");
    expect(several.code).toBe(exitCodes.failed);
  });
});

test("a wrong command line ends with 2 and says what to write, before any daemon is asked", async () => {
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [["dance"], "There are list, show"],
    [["run"], "workflows run NAME|FILE"],
    [["run", "a", "--clear"], '"lathe workflows run" takes no --clear.'],
    [["run", "a", "--budget", "much"], "--budget must be"],
    [["run", "a", "--budget-usd", "-1"], "--budget-usd"],
    [["status"], "workflows status RUN"],
    [["approve", "run_1"], "--yes | --no | --answer JSON"],
    [["approve", "run_1", "--answer", "text"], "--answer must be JSON"],
  ];
  for (const [argv, says] of wrong) {
    const { code, stderr } = await lathe(...argv);
    expect(stderr).toContain(says);
    expect(code).toBe(exitCodes.usage);
  }
});
