// The hostile scripts, class by class, with limits small enough for every day. `npm run test:sandbox` runs them with
// larger ones and says what each took.
import { describe, expect, test } from "vitest";
import { classOf, type HostileScript } from "./hostile-script.ts";
import { loadScripts, withMeta } from "./load-scripts.ts";
import { explain, runHostile } from "./run-hostile.ts";
import { runUnguarded } from "./unguarded/run-unguarded.ts";

const scripts = loadScripts();
const classes = Map.groupBy(scripts, classOf);
const limits = { cpuMs: 200, atOnceCount: 2 };

/** What the classes show, each with its cases of the list of things that must not happen. */
const claims: Readonly<Record<string, string>> = {
  arguments: "F2s: what scripts hand over is read once and as data",
  budget: "F8s: no script says what its budget is",
  constructors: "F1s: no constructor that scripts can reach makes code or leads out",
  cpu: "F6s: whatever never ends is ended",
  determinism: "F10s: there is neither time nor chance",
  endings: "F4s: rejections that nobody handles, and waits for nothing, end no more than the script",
  engine: "F5s: what is new in the engine leads nowhere",
  errors: "F3s: errors are plain data and show nothing of the host",
  floods: "F7s: calls, lines, phases and timers have their caps",
  globals: "F5s: the names that scripts see are those on the list",
  imports: "F1s: nothing can be imported, in any form",
  memory: "F6s: whatever grows without end is ended",
  meta: "metadata is read and never run",
  objects: "the object form gives no more than the other one",
  prototypes: "F2s: nothing that others rely on can be changed",
  results: "F2s: results cross as JSON, or are refused",
  source: "F1s: no text breaks out of the function that it is put into",
  text: "characters, lengths and depths of a text do no harm",
  throws: "F3s: whatever is thrown ends in words",
  wire: "F9s: no text of a script is taken for a message of its process",
};

test("each class of scripts has a claim, and the suite is as large as it should be", () => {
  expect([...classes.keys()].sort()).toEqual(Object.keys(claims).sort());
  expect(scripts.length).toBeGreaterThan(400);
});

describe.each([...classes])("%s", (name, some) => {
  test(`${claims[name]}`, { timeout: 300_000 }, async () => {
    const results = await runHostile(some, limits);
    expect(results.filter(({ isRight }) => !isRight).map(explain)).toEqual([]);
    expect(results).toHaveLength(some.length);
  });
});

test("without a sandbox the scripts find what they look for", { timeout: 300_000 }, async () => {
  const open = scripts.filter(({ bites }) => bites);
  const count = open.length;
  const found: string[] = [];
  async function runSome(): Promise<void> {
    for (let script = open.shift(); script !== undefined; script = open.shift()) {
      if ((await runUnguarded(script.source)).includes("ESCAPED")) found.push(script.name);
    }
  }
  await Promise.all([runSome(), runSome()]);
  expect(found).toHaveLength(count);
  expect(count).toBeGreaterThan(100);
});

test("a script that ends otherwise than it may is told, and so is one that returns what it must not know", async () => {
  const control = (name: string, source: string): HostileScript => ({
    name: `control/${name}`,
    tries: "",
    expected: ["safe"],
    source: withMeta(source),
    limits: { cpuMs: 200 },
    bites: false,
  });
  const results = await runHostile(
    [
      control("escaped", 'return "ESCAPED";'),
      control("returned", "return 1;"),
      control("failed", "throw new Error();"),
      control("rejected", "debugger;"),
      control("limited", "for (;;);"),
      control("safe", 'return "safe";'),
    ],
    limits,
  );
  const wrong = results
    .filter(({ isRight }) => !isRight)
    .map(({ script, outcome }) => [script.name, outcome.kind]);
  expect(Object.fromEntries(wrong)).toEqual({
    "control/escaped": "escaped",
    "control/returned": "returned",
    "control/failed": "failed",
    "control/rejected": "rejected",
    "control/limited": "limited",
  });
});
