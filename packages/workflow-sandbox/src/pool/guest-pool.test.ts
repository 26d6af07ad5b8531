import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createScriptCompiler } from "../compile/script-compiler.ts";
import type { GuestAnswer, GuestHost, GuestPool, GuestRun, GuestScript } from "../contract.ts";
import { createGuestPool, type GuestPoolOptions } from "./guest-pool.ts";

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

function openPool(options: GuestPoolOptions = {}): GuestPool {
  const pool = createGuestPool({ idleCount: 0, ...options });
  opened.push(() => pool.close());
  pool.warm();
  return pool;
}

async function compile(body: string): Promise<GuestScript> {
  const compiler = createScriptCompiler();
  opened.push(() => compiler.close());
  const compiled = await compiler.compile(
    `export const meta = { name: "n", description: "d" };\n${body}`,
    "n.js",
  );
  if (compiled.kind === "refused") throw new Error(compiled.error.message);
  const { dialect, code } = compiled.script;
  const budget = { total: null, spent: 0 };
  return { name: "n", dialect, code, args: undefined, budget, nullStopsPipeline: true };
}

const nothing: GuestAnswer = { kind: "value", value: null };

const quiet: GuestHost = {
  call: () => undefined,
  phase: () => undefined,
  log: () => undefined,
  waiting: () => undefined,
  started: () => undefined,
};

function start(
  pool: GuestPool,
  script: GuestScript,
  host: Partial<GuestHost> = {},
  signal = neverAborted(),
): GuestRun {
  return pool.run(script, { ...quiet, ...host }, signal);
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

/** Resolves when the host hears it. */
function heard(name: "started" | "waiting"): {
  readonly host: Partial<GuestHost>;
  readonly told: Promise<void>;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { host: { [name]: resolve }, told: promise };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The guests among the children of this process, by their own numbers. */
async function guestPids(): Promise<number[]> {
  const found: number[] = [];
  for (const child of await childrenOf(process.pid)) {
    const command = await commandOf(child);
    if (!command.includes("guest.cjs")) continue;
    found.push(...(command.includes("unshare") ? await childrenOf(child) : [child]));
  }
  return found;
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

async function commandOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}

test("a nested run does not wait for its turn, since another one waits for it with its process", async () => {
  const pool = openPool({ runningCountMax: 1 });
  const script = await compile('await agent("x");');
  const order: string[] = [];
  const outer: GuestRun = start(pool, script, {
    started: () => order.push("outer"),
    call: ({ index }) => void nested.ended.then(() => outer.answer(index, nothing)),
  });
  const next: GuestRun = start(pool, script, {
    started: () => order.push("next"),
    call: ({ index }) => next.answer(index, nothing),
  });
  const nested: GuestRun = start(
    pool,
    { ...script, isNested: true },
    { started: () => order.push("nested"), call: ({ index }) => nested.answer(index, nothing) },
  );
  expect(pool.state).toMatchObject({ runningCount: 2, waitingCount: 1 });
  const endings = await Promise.all([outer.ended, nested.ended, next.ended]);
  expect(endings.map(({ kind }) => kind)).toEqual(["returned", "returned", "returned"]);
  expect(order.at(-1)).toBe("next");
});

test("however often the timers of a script fire, that is none of the messages that it may send", async () => {
  const pool = openPool({ limits: { messageCountMax: 20 } });
  const script = await compile(`
    let count = 0;
    await new Promise((resolve) => {
      const tick = () => { count += 1; if (count < 2000) setTimeout(tick, 1); else resolve(); };
      tick();
    });
    return count;`);
  const dues: number[] = [];
  const run = start(pool, script, { resting: (dueMs) => dues.push(dueMs) });
  expect(await run.ended).toMatchObject({ kind: "returned", value: 2_000 });
  expect(dues).toEqual(dues.toSorted((one, other) => one - other));
});

test("runs wait for their turn, first in, first out", async () => {
  const pool = openPool({ runningCountMax: 1 });
  const script = await compile('await agent("x");');
  const order: number[] = [];
  const runs = [0, 1, 2].map((number) => {
    const run: GuestRun = start(pool, script, {
      started: () => order.push(number),
      call: ({ index }) => run.answer(index, { kind: "value", value: null }),
    });
    return run;
  });
  expect(pool.state).toEqual({ idleCount: 0, runningCount: 1, waitingCount: 2 });
  const endings = await Promise.all(runs.map((run) => run.ended));
  expect(endings.map(({ kind }) => kind)).toEqual(["returned", "returned", "returned"]);
  expect(order).toEqual([0, 1, 2]);
  await until(() => pool.state.runningCount === 0);
});

test("of runs that may all run, no more processes start at once than there is room for, in their order", async () => {
  const pool = openPool({ startingCountMax: 1 });
  const script = await compile('await agent("x");');
  const order: number[] = [];
  let processCountMax = 0;
  const runs = [0, 1, 2].map((number) => {
    const run: GuestRun = start(pool, script, {
      started: () => order.push(number),
      call: async ({ index }) => {
        processCountMax = Math.max(processCountMax, (await guestPids()).length - order.length);
        run.answer(index, { kind: "value", value: null });
      },
    });
    return run;
  });
  expect(pool.state).toEqual({ idleCount: 0, runningCount: 3, waitingCount: 0 });
  const endings = await Promise.all(runs.map((run) => run.ended));
  expect(endings.map(({ kind }) => kind)).toEqual(["returned", "returned", "returned"]);
  expect(order).toEqual([0, 1, 2]);
  expect(processCountMax).toBeLessThanOrEqual(1);
});

test("a process that nobody needs when its turn to start comes is not started", async () => {
  const pool = openPool({ startingCountMax: 1 });
  const script = await compile('await agent("x");');
  const first = heard("waiting");
  const running = start(pool, script, first.host);
  const abort = new AbortController();
  const given = [1, 2, 3].map(() => start(pool, script, {}, abort.signal));
  const last = heard("waiting");
  const runningToo = start(pool, script, last.host);
  abort.abort();
  await Promise.all([first.told, last.told, ...given.map((run) => run.ended)]);
  expect((await guestPids()).length).toBe(2);
  for (const run of [running, runningToo]) run.answer(0, { kind: "value", value: null });
  await Promise.all([running.ended, runningToo.ended]);
});

test("a run that is aborted while it waits never starts, and lets others pass", async () => {
  const pool = openPool({ runningCountMax: 1 });
  const script = await compile('await agent("x");');
  const first = heard("waiting");
  const running = start(pool, script, first.host);
  const abort = new AbortController();
  let wasStarted = false;
  const waiting = start(
    pool,
    script,
    {
      started: () => {
        wasStarted = true;
      },
    },
    abort.signal,
  );
  abort.abort();
  expect(await waiting.ended).toEqual({ kind: "aborted", usage: { cpuMs: 0, memoryPeakBytes: 0 } });
  await first.told;
  running.answer(0, { kind: "value", value: 1 });
  expect(await running.ended).toMatchObject({ kind: "returned" });
  expect([wasStarted, pool.state.waitingCount]).toEqual([false, 0]);
});

test("aborting a script that computes ends its process", async () => {
  const pool = openPool();
  const abort = new AbortController();
  const begun = heard("started");
  const run = start(pool, await compile("while (true) {}"), begun.host, abort.signal);
  await begun.told;
  abort.abort();
  expect(await run.ended).toMatchObject({ kind: "aborted" });
  expect(await guestPids()).toEqual([]);
});

test("a signal that was aborted before starts nothing", async () => {
  const run = start(openPool(), await compile(""), {}, AbortSignal.abort());
  expect(await run.ended).toMatchObject({ kind: "aborted" });
});

test("closing ends the runs, those that wait too, and leaves no process", async () => {
  const pool = openPool({ runningCountMax: 1, idleCount: 2 });
  const begun = heard("waiting");
  const script = await compile('await agent("x");');
  const runs = [start(pool, script, begun.host), start(pool, script)];
  await begun.told;
  const closing = pool.close();
  const late = start(pool, script);
  await closing;
  for (const run of [...runs, late]) {
    expect(await run.ended).toMatchObject({ kind: "failed", failure: { code: "closed" } });
  }
  expect(await guestPids()).toEqual([]);
});

test("closing right after opening leaves no process", async () => {
  const pool = createGuestPool({ idleCount: 3 });
  pool.warm();
  await pool.close();
  expect(await guestPids()).toEqual([]);
});

test("a process that is ready is used once, and another takes its place", async () => {
  const pool = openPool({ idleCount: 1 });
  await until(() => pool.state.idleCount === 1);
  const [ready] = await guestPids();
  const begun = heard("waiting");
  const run = start(pool, await compile('await agent("x");'), begun.host);
  await begun.told;
  expect(await guestPids()).toContain(ready);
  run.answer(0, { kind: "value", value: 1 });
  await run.ended;
  await until(() => pool.state.idleCount === 1);
  const left = await guestPids();
  expect([left.length, left.includes(ready as number)]).toEqual([1, false]);
});

test("a process that dies while it is ready is replaced", async () => {
  const pool = openPool({ idleCount: 1 });
  await until(() => pool.state.idleCount === 1);
  const [ready] = await guestPids();
  process.kill(ready as number, "SIGKILL");
  await until(async () => pool.state.idleCount === 1 && !(await guestPids()).includes(ready as number));
  expect(await start(pool, await compile("return 1;")).ended).toMatchObject({ kind: "returned", value: 1 });
});

test("a process that is killed by somebody else fails its run as crashed, and no other", async () => {
  const pool = openPool();
  const script = await compile('return await agent("x");');
  const [one, two] = [heard("waiting"), heard("waiting")];
  const first = start(pool, script, one.host);
  await one.told;
  const [pid] = await guestPids();
  const second = start(pool, script, two.host);
  await two.told;
  process.kill(pid as number, "SIGKILL");
  expect(await first.ended).toMatchObject({ kind: "failed", failure: { code: "crashed" } });
  second.answer(0, { kind: "value", value: "fine" });
  expect(await second.ended).toMatchObject({ kind: "returned", value: "fine" });
});

test("where no process can be started, the run says so and the pool lives on", async () => {
  const warnings: string[] = [];
  const nodePath = join(tmpdir(), "there-is-no-such-node");
  const pool = openPool({ nodePath, idleCount: 1, onWarning: (message) => warnings.push(message) });
  const script = await compile("");
  for (let round = 0; round < 5; round++) {
    const ending = await start(pool, script).ended;
    expect(ending).toMatchObject({ kind: "failed", failure: { code: "could-not-start" } });
  }
  expect(warnings.filter((message) => message.includes("could not be started")).length).toBe(1);
});

test("what is spent shows in the script's budget", async () => {
  const run: GuestRun = start(
    openPool(),
    await compile('await agent("x"); return [budget.spent(), budget.remaining()];'),
    {
      call: ({ index }) => {
        run.spend({ total: 100, spent: 30 });
        run.answer(index, { kind: "value", value: null });
      },
    },
  );
  expect(await run.ended).toMatchObject({ kind: "returned", value: [30, 70] });
});

test("answers that nobody asked for, second ones and late ones do nothing", async () => {
  const run: GuestRun = start(openPool(), await compile('return await agent("x");'), {
    call: ({ index }) => {
      run.answer(7, { kind: "value", value: "other" });
      run.answer(index, { kind: "value", value: "first" });
      run.answer(index, { kind: "value", value: "second" });
    },
  });
  run.answer(0, { kind: "value", value: "early" });
  expect(await run.ended).toMatchObject({ kind: "returned", value: "first" });
  run.answer(0, { kind: "value", value: "late" });
});

test("a host that answers when it is told that nothing else goes on, which it is once for each answer, decides who is first", async () => {
  const pool = openPool();
  const script = await compile(
    'const order = []; await Promise.all([0, 1, 2].map(async (i) => { await agent("a" + i); order.push(i); await agent("b" + i); order.push(i + 10); })); return order;',
  );
  const recorded = [2, 0, 3, 1, 5, 4];
  for (let round = 0; round < 3; round++) {
    const left = [...recorded];
    let waitCount = 0;
    const run: GuestRun = start(pool, script, {
      waiting: () => {
        waitCount += 1;
        run.answer(left.shift() as number, { kind: "value", value: null });
      },
    });
    expect(await run.ended).toMatchObject({ value: [2, 0, 12, 1, 11, 10] });
    expect(waitCount).toBe(recorded.length);
  }
});

test("a code cache is made once, fits, and is made anew when it is broken", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lathe-sandbox-"));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const cacheFolder = join(folder, "cache");
  const script = await compile("return 1;");
  const warnings: string[] = [];
  const runOnce = async (): Promise<string[]> => {
    const pool = createGuestPool({
      idleCount: 0,
      cacheFolder,
      onWarning: (message) => warnings.push(message),
    });
    for (const _time of [1, 2]) expect(await start(pool, script).ended).toMatchObject({ kind: "returned" });
    await pool.close();
    return await readdir(cacheFolder);
  };
  const [name] = await runOnce();
  expect(await runOnce()).toEqual([name]);
  expect(warnings.filter((message) => message.includes("code cache"))).toEqual([]);
  await writeFile(join(cacheFolder, name as string), "broken");
  expect(await runOnce()).toEqual([]);
  expect(warnings.filter((message) => message.includes("does not fit")).length).toBe(1);
  expect(await runOnce()).toEqual([name]);
});
