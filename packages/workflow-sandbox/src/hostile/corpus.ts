// A corpus of hostile scripts from elsewhere: a folder with `corpus.tsv` (name, what it tries, expected endings) and a
// file `<name>.js` for each. Its endings are `safe`, `done` (it returned anything), `rejected`, `failed`, `killed`
// and `crashed`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Expectation, HostileScript } from "./hostile-script.ts";
import { withMeta } from "./load-scripts.ts";

// A process whose memory is used up ends by itself; the pool tells it apart from other ends.
const expectations: Readonly<Record<string, readonly Expectation[]>> = {
  safe: ["safe"],
  done: ["returned"],
  rejected: ["rejected"],
  failed: ["failed"],
  killed: ["limited"],
  crashed: ["limited:memory-limit", "broken:crashed"],
};

export function loadCorpus(folder: string): readonly HostileScript[] {
  const [, ...rows] = readFileSync(join(folder, "corpus.tsv"), "utf8").trim().split("\n");
  return rows.map((row) => {
    const [name = "", tries = "", expected = ""] = row.split("\t");
    const text = readFileSync(join(folder, `${name}.js`), "utf8");
    return {
      name: `corpus/${name}`,
      tries,
      expected: expected.split("|").flatMap((word) => expectations[word] ?? []),
      source: /^export\b/m.test(text) ? text : withMeta(text),
      limits: {},
      bites: false,
    };
  });
}
