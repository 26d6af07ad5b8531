import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCorpus } from "./corpus.ts";
import { withMeta } from "./load-scripts.ts";
import { isExpected, outcomeOf } from "./outcome.ts";

const usage = { cpuMs: 1, memoryPeakBytes: 1 };
const trace = { calls: [], phases: [], logs: [], waitingCount: 0 };

test("a corpus is a table and a file for each of its rows, which gets metadata where it has none", () => {
  const folder = mkdtempSync(join(tmpdir(), "lathe-corpus-"));
  try {
    const own = 'export const meta = { name: "n", description: "d" };\nreturn 1;\n';
    writeFileSync(join(folder, "corpus.tsv"), "name\ttries\texpected\none\ta\tsafe|killed\ntwo\tb\tdone\n");
    writeFileSync(join(folder, "one.js"), "return 'safe';\n");
    writeFileSync(join(folder, "two.js"), own);
    const more = { limits: {}, bites: false };
    expect(loadCorpus(folder)).toEqual([
      {
        name: "corpus/one",
        tries: "a",
        expected: ["safe", "limited"],
        source: withMeta("return 'safe';\n"),
        ...more,
      },
      { name: "corpus/two", tries: "b", expected: ["returned"], source: own, ...more },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("endings are told apart: found nothing, returned something, got out, was refused, failed, was limited, broke", () => {
  const returned = (value: string) =>
    outcomeOf({ ...trace, ending: { kind: "returned", value, usage } }).kind;
  const failed = (code: "script-error" | "cpu-limit" | "crashed" | "protocol") =>
    outcomeOf({ ...trace, ending: { kind: "failed", failure: { code, message: "" }, usage } }).kind;
  const refused = (code: "script-refused" | "compiler-failed") =>
    outcomeOf({ refused: { code, message: "", line: null, column: null } }).kind;
  expect([returned("safe 1"), returned("other"), returned("ESCAPED x"), refused("script-refused")]).toEqual([
    "safe",
    "returned",
    "escaped",
    "rejected",
  ]);
  expect([failed("script-error"), failed("cpu-limit"), failed("crashed"), failed("protocol")]).toEqual([
    "failed",
    "limited",
    "broken",
    "broken",
  ]);
  expect(refused("compiler-failed")).toBe("broken");
});

test("an ending is right where its kind is allowed, and its code where one is named", () => {
  const limited = { kind: "limited" as const, code: "cpu-limit", detail: "" };
  const safe = { kind: "safe" as const, code: null, detail: "" };
  expect(isExpected(limited, ["safe", "limited"])).toBe(true);
  expect(isExpected(limited, ["limited:cpu-limit"])).toBe(true);
  expect(isExpected(limited, ["limited:memory-limit"])).toBe(false);
  expect(isExpected(safe, ["returned"])).toBe(true);
  expect(isExpected({ ...safe, kind: "returned" }, ["safe"])).toBe(false);
  expect(isExpected({ ...safe, kind: "escaped" }, ["safe", "returned", "failed"])).toBe(false);
});
