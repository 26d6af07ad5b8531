import fc from "fast-check";
import { expect, test } from "vitest";
import { inputShares } from "../kit/input-shares.ts";
import { spanOf, turnSpans } from "../testing/spans.ts";
import { bodyParts } from "./body-parts.ts";
import { readableJson } from "./readable-json.ts";
import { retryWaits } from "./retry-waits.ts";
import { offsetsOf, windowOf } from "./row-window.ts";
import { bodiesOf } from "./span-bodies.ts";
import { noFilter, rowsOf } from "./span-rows.ts";
import { isFailure, labelOf, notesOf, outcomeOf } from "./span-words.ts";
import { tokensBySpan } from "./token-split.ts";
import { treeMove } from "./tree-keys.ts";

test("spans are called by what they are, and tool calls end as they say themselves", () => {
  expect(turnSpans().map((span) => [labelOf(span), outcomeOf(span).word])).toEqual([
    ["Turn", "running"],
    ["Step 0", "ok"],
    ["Prompt", "ok"],
    ["Request", "ok"],
    ["read_file", "ok"],
    ["run_command", "timed out"],
    ["Step 1", "running"],
  ]);
});

test("a request that failed says why, and a later attempt says so first", () => {
  const attributes = { provider: "p", model: "m", attempt: 2, failure: "overloaded", status: 529 };
  const span = spanOf("request", { name: "provider-request", outcome: "error", attributes });
  expect([notesOf(span), isFailure(span)]).toEqual([["attempt 2", "overloaded", "529", "p/m"], true]);
});

test("names that objects have of themselves are names like any other", () => {
  const span = spanOf("odd", { name: "constructor", outcome: "ok" });
  expect([labelOf(span), outcomeOf(span).word]).toEqual(["constructor", "ok"]);
  const call = spanOf("call", { name: "tool-call", attributes: { tool: "t", outcome: "__proto__" } });
  expect(outcomeOf(call)).toEqual({ word: "__proto__", tone: "neutral" });
});

test("a step has the tokens of its last request, with the share that the cache gave", () => {
  const tokens = tokensBySpan(turnSpans());
  expect([...tokens.keys()]).toEqual(["request-0", "step-0"]);
  expect(tokens.get("step-0")).toEqual({
    input: 1_000,
    read: 600,
    written: 300,
    output: 20,
    reasoning: 5,
    hitRate: 0.6,
  });
});

test("the shares of the input add up to one, whatever a provider reports", () => {
  const amount = fc.option(fc.nat({ max: 5_000 }));
  fc.assert(
    fc.property(amount, amount, amount, (input, read, written) => {
      const shares = inputShares({ input, read, written });
      if (input === null || input === 0 || read === null) expect(shares).toBeUndefined();
      else {
        const { read: fromCache, written: toCache, other } = shares ?? { read: -1, written: -1, other: -1 };
        expect(Math.min(fromCache, toCache, other)).toBeGreaterThanOrEqual(0);
        expect(fromCache + toCache + other).toBeCloseTo(1);
      }
    }),
  );
});

test("the time between two requests of a step is a wait, and belongs to the later one", () => {
  const ask = (spanId: string, parentSpanId: string, startedAtMs: number, durationMs: number | null) =>
    spanOf(spanId, { name: "provider-request", parentSpanId, startedAtMs, durationMs });
  const spans = [
    ask("first", "step", 1_000, 100),
    ask("other step", "another", 2_000, 10),
    ask("second", "step", 6_100, 20),
    ask("third", "step", 6_130, null),
    ask("fourth", "step", 9_000, 5),
  ];
  expect([...retryWaits(spans)]).toEqual([["second", 5_000]]);
});

test("a step shows what it asked and was told; other spans show their own", () => {
  const spans = turnSpans();
  const [, step, prompt] = spans;
  expect(step && bodiesOf(step, spans).map(({ spanId, title }) => [spanId, title])).toEqual([
    ["prompt-0", "Prompt"],
    ["request-0", "Request"],
  ]);
  expect(prompt && bodiesOf(prompt, spans).map(({ title }) => title)).toEqual(["Prompt"]);
});

test("a prompt is shown message by message, and a line that was cut off as it is", () => {
  const text = '{"model":"m"}\n{"role":"user","content":[]}\n{"role":"assist';
  expect(bodyParts(text, false)).toEqual([
    { kind: "line", title: "Head", beginning: '{"model":"m"}', value: { model: "m" } },
    {
      kind: "line",
      title: "Message 0 (user)",
      beginning: '{"role":"user","content":[]}',
      value: { role: "user", content: [] },
    },
    { kind: "text", text: '{"role":"assist' },
  ]);
  expect(bodyParts('{"a":[1]}', true)).toEqual([{ kind: "json", value: { a: [1] } }]);
  expect(bodyParts("plain\n{}", true)).toEqual([{ kind: "text", text: "plain\n{}" }]);
  expect(bodyParts("", true)).toEqual([{ kind: "text", text: "" }]);
});

test("any text is shown whole: nothing of a body is lost between its parts", () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (text, isWhole) => {
      const parts = bodyParts(text, isWhole);
      if (parts.every(({ kind }) => kind === "text"))
        expect(parts.map((part) => (part.kind === "text" ? part.text : "")).join("")).toBe(text);
    }),
  );
});

test("JSON becomes lines without a change of what it says, whole or not", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      expect(JSON.parse(readableJson(text))).toEqual(JSON.parse(text));
      const beginning = text.slice(0, cut % (text.length + 1));
      const squeezed = (value: string): string => value.replaceAll(/\s/g, "");
      expect(squeezed(readableJson(beginning))).toBe(squeezed(beginning));
    }),
  );
});

test("rows in sight are made, whatever their heights", () => {
  const heights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(
      heights,
      fc.nat({ max: 900 }),
      fc.nat({ max: 50 }),
      fc.nat({ max: 10 }),
      (all, top, height, around) => {
        const offsets = offsetsOf(all);
        const { from, to } = windowOf(offsets, { top, height }, around);
        all.forEach((_, at) => {
          const begin = offsets[at] ?? 0;
          const end = offsets[at + 1] ?? 0;
          if (begin < top + height && end > top) expect(at >= from && at < to).toBe(true);
        });
        expect((offsets[to] ?? 0) - (offsets[from] ?? 0)).toBeLessThanOrEqual(height + 2 * around + 10);
      },
    ),
  );
  expect(windowOf(offsetsOf([]), { top: 0, height: 10 }, 5)).toEqual({ from: 0, to: 0 });
});

test("the keys of a tree go up and down, in and out, and open", () => {
  const rows = rowsOf(turnSpans(), new Set(["step-0"]), noFilter);
  const move = (key: string, from: number) => treeMove(key, rows, from);
  expect(move("ArrowDown", 0)).toEqual({ kind: "go", at: 1 });
  expect(move("ArrowDown", 2)).toEqual({ kind: "go", at: 2 });
  expect(move("End", 0)).toEqual({ kind: "go", at: 2 });
  expect(move("Home", 2)).toEqual({ kind: "go", at: 0 });
  expect(move("ArrowRight", 1)).toEqual({ kind: "toggle", at: 1 });
  expect(move("ArrowRight", 0)).toEqual({ kind: "go", at: 1 });
  expect(move("ArrowLeft", 1)).toEqual({ kind: "go", at: 0 });
  expect(move("ArrowLeft", 0)).toEqual({ kind: "toggle", at: 0 });
  expect(move("Enter", 1)).toEqual({ kind: "open", at: 1 });
  expect(move("a", 1)).toBeUndefined();
});
