// A script with timers and agents that is run again with the answers that it was given, at the times at which it was, does what
// it did, whatever its timers and its agents had raced for.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GuestAnswer, GuestEnding, GuestHost, GuestReplay, GuestRun } from "../contract.ts";
import { openScriptBench, type ScriptBench } from "../testing.ts";

let bench: ScriptBench;
beforeAll(() => {
  bench = openScriptBench();
});
afterAll(() => bench.close());

interface Given {
  readonly index: number;
  readonly answer: GuestAnswer;
  readonly atMs: number;
}

const meta = 'export const meta = { name: "trial", description: "A trial." };\n';

/** Each waits for agents and for timers by turns; what it does next depends on which has come first. */
const script = `${meta}
const said = [];
const sleep = (ms, what) => new Promise((resolve) => setTimeout(() => { said.push("t" + what); resolve("t" + what); }, ms));
const ask = async (what) => { const answer = await agent(what); said.push(answer); return answer; };
const one = async (name, ms) => {
  for (let step = 0; step < 6; step += 1) {
    const what = name + step;
    const first = await Promise.race([ask("a" + what), sleep(ms * (step + 1), what)]);
    if (first.startsWith("t")) await ask("late" + what);
    else await sleep(3, "after" + what);
  }
};
await Promise.all([one("x", 4), one("y", 9), one("z", 23)]);
log("whole");
return said;`;

type Drive = (run: () => GuestRun, asked: Map<number, string>) => Partial<GuestHost>;

async function play(
  drive: Drive,
  replay?: GuestReplay,
): Promise<{ readonly ending: GuestEnding; readonly asked: readonly string[] }> {
  const compiled = await bench.compiler.compile(script, "trial.js");
  if (compiled.kind !== "script") throw new Error(compiled.error.message);
  const { dialect, code } = compiled.script;
  const given = { name: "trial", dialect, code, args: undefined, budget: { total: null, spent: 0 } };
  const asked = new Map<number, string>();
  const own = drive(() => run, asked);
  const host: GuestHost = {
    phase: () => undefined,
    log: () => undefined,
    waiting: () => undefined,
    started: () => undefined,
    ...own,
    call: (call) => {
      if (call.kind === "agent") asked.set(call.index, call.prompt);
      own.call?.(call);
    },
  };
  const run = bench.pool.run(
    { ...given, nullStopsPipeline: true, ...(replay === undefined ? {} : { replay }) },
    host,
    new AbortController().signal,
  );
  return { ending: await run.ended, asked: [...asked.values()] };
}

/** As it is the first time: answers are stamped, then made durable, then given. */
function live(record: Given[]): Drive {
  return (run) => ({
    call: (call) => {
      const answer: GuestAnswer = { kind: "value", value: call.kind === "agent" ? call.prompt : null };
      setTimeout(
        () => {
          const atMs = run().stamp();
          const given = { index: call.index, answer, atMs };
          record.push(given);
          setTimeout(() => run().answer(call.index, answer, atMs), 2);
        },
        (call.index * 7) % 31,
      );
    },
  });
}

/** As it is the second time: what was recorded, one at a time; what was not recorded is given when that is over. */
function again(record: readonly Given[]): Drive {
  return (run, asked) => {
    let at = 0;
    const open = new Set<number>();
    const answerOpen = (): void => {
      for (const index of open) run().answer(index, { kind: "value", value: asked.get(index) ?? null });
      open.clear();
    };
    const next = (dueMs?: number): void => {
      const given = record[at];
      if (given === undefined) return;
      if (!asked.has(given.index) && dueMs !== undefined && dueMs <= given.atMs) {
        run().replayUntil(given.atMs);
        return;
      }
      at += 1;
      run().replay(given.index, given.answer, given.atMs);
      if (at < record.length) return;
      run().goLive();
      answerOpen();
    };
    return {
      waiting: () => next(),
      resting: (dueMs) => next(dueMs),
      call: ({ index }) => {
        if (record.some((given) => given.index === index)) return;
        open.add(index);
        if (at === record.length) answerOpen();
      },
    };
  };
}

const rounds = [1, 2];

test.each(rounds)("C3: the whole of it, in round %i", async () => {
  const record: Given[] = [];
  const first = await play(live(record));
  expect(first.ending.kind).toBe("returned");
  const reachedMs = record.at(-1)?.atMs ?? 0;
  const second = await play(again(record), { reachedMs });
  const { value } = first.ending as Extract<GuestEnding, { kind: "returned" }>;
  expect(second.ending).toMatchObject({ kind: "returned", value });
  expect(second.asked).toEqual(first.asked);
});

test("C3: the beginning of it, cut off anywhere, is asked again as it was", async () => {
  const record: Given[] = [];
  const first = await play(live(record));
  for (const count of [1, 5, 11]) {
    const cut = record.slice(0, count);
    const upTo = cut.at(-1)?.index ?? 0;
    const second = await play(again(cut), { reachedMs: cut.at(-1)?.atMs ?? 0 });
    expect(second.ending.kind).toBe("returned");
    // Whatever was asked before the last of the answers was asked by then.
    expect(second.asked.slice(0, upTo + 1)).toEqual(first.asked.slice(0, upTo + 1));
  }
});

test("a timer that was due by the time that was reached comes before what is answered now", async () => {
  const compiled = await bench.compiler.compile(
    `${meta}return await Promise.race([agent("x"), new Promise((resolve) => setTimeout(() => resolve("late"), 3600000))]);`,
    "trial.js",
  );
  if (compiled.kind !== "script") throw new Error(compiled.error.message);
  const { dialect, code } = compiled.script;
  const what = { name: "trial", dialect, code, args: undefined, budget: { total: null, spent: 0 } };
  const host: GuestHost = {
    call: ({ index }) => {
      run.goLive();
      run.answer(index, { kind: "value", value: "answered" });
    },
    phase: () => undefined,
    log: () => undefined,
    waiting: () => undefined,
    started: () => undefined,
  };
  const run = bench.pool.run(
    { ...what, nullStopsPipeline: true, replay: { reachedMs: 3_600_000 } },
    host,
    new AbortController().signal,
  );
  expect(await run.ended).toMatchObject({ kind: "returned", value: "late" });
});
