// A script cannot write to the wire. A process that was taken over can, so what arrives is forged here.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type GuestMessage, type Judgement, judge } from "./judge.ts";
import { defaultGuestLimits, toToldLimits } from "./limits.ts";
import { measureJson } from "./plain-json.ts";
import { RunRules } from "./run-rules.ts";

const limits = toToldLimits({
  ...defaultGuestLimits,
  callCountMax: 3,
  waitingCallCountMax: 2,
  logLineCountMax: 2,
});

function judgeText(text: string): Judgement {
  return judge(Buffer.from(text), limits);
}

function judgeValue(value: unknown): Judgement {
  return judgeText(JSON.stringify(value));
}

function agent(index: unknown, more: object = {}): object {
  return { kind: "agent", index, prompt: "p", options: {}, phase: null, budgets: [], ...more };
}

function admitted(value: object): GuestMessage {
  const message = judgeValue(value);
  if (message.kind === "breach") throw new Error(message.why);
  return message;
}

test("a call is what the script said, and nothing more", () => {
  const budgets = [{ id: 0, tokens: 5, extra: 1 }];
  expect(judgeValue(agent(0, { budgets, forged: true, phase: "P", options: { model: "m" } }))).toEqual({
    kind: "call",
    call: {
      kind: "agent",
      index: 0,
      prompt: "p",
      options: { model: "m" },
      phase: "P",
      budgets: [{ id: 0, tokens: 5 }],
    },
  });
});

const breaches: readonly [string, string][] = [
  ["text that is no JSON", "{"],
  ["bytes that are no text", "\ufffd\u0000"],
  ["a number", "1"],
  ["null", "null"],
  ["a list", "[]"],
  ["an unknown kind", '{"kind":"exec"}'],
  ["a kind of the prototype's", '{"kind":"toString"}'],
  ["no kind", "{}"],
  ...[1.5, -1, "0", null, 2 ** 53, {}].map((index): [string, string] => [
    `the index ${JSON.stringify(index)}`,
    JSON.stringify(agent(index)),
  ]),
  ["a prompt that is an object", JSON.stringify(agent(0, { prompt: { toString: "x" } }))],
  [
    "a prompt beyond its limit",
    JSON.stringify(agent(0, { prompt: "é".repeat(limits.promptBytesMax / 2 + 1) })),
  ],
  ["options that are a list", JSON.stringify(agent(0, { options: [] }))],
  ["options that are missing", JSON.stringify(agent(0, { options: undefined }))],
  [
    "options beyond their limit",
    JSON.stringify(agent(0, { options: { a: "x".repeat(limits.optionsBytesMax) } })),
  ],
  ["a phase that is a number", JSON.stringify(agent(0, { phase: 1 }))],
  ["budgets that are no list", JSON.stringify(agent(0, { budgets: {} }))],
  ["a budget without tokens", JSON.stringify(agent(0, { budgets: [{ id: 0, tokens: 0 }] }))],
  ["a budget with a broken id", JSON.stringify(agent(0, { budgets: [{ id: 0.5, tokens: 1 }] }))],
  ["too many budgets", JSON.stringify(agent(0, { budgets: Array(34).fill({ id: 0, tokens: 1 }) }))],
  ["a workflow without a reference", '{"kind":"workflow","index":0,"phase":null}'],
  ["an approval without a question", '{"kind":"approve","index":0,"options":{}}'],
  ["a log line of an unknown level", '{"kind":"log","level":"fatal","text":"x"}'],
  ["a log line beyond its limit", JSON.stringify({ kind: "log", level: "info", text: "x".repeat(4_097) })],
  ["a phase without a title", '{"kind":"phase"}'],
  ["a failure that only the daemon may state", '{"kind":"failed","code":"closed","message":"x"}'],
  ["a failure without a message", '{"kind":"failed","code":"script-error"}'],
  ["a failure on half a line", '{"kind":"failed","code":"script-error","message":"x","line":1.5,"column":1}'],
  [
    "a result beyond its limit",
    JSON.stringify({ kind: "returned", value: "x".repeat(limits.resultBytesMax) }),
  ],
  ["a result that is a number without end", '{"kind":"returned","value":1e999}'],
  ["a number without end in options", '{"kind":"workflow","index":0,"reference":[-1e999],"phase":null}'],
  ["a result that is nested too deep", `{"kind":"returned","value":${"[".repeat(65)}${"]".repeat(65)}}`],
  [
    "a result of too many parts",
    `{"kind":"returned","value":[${"[],".repeat(2 * limits.containerCountMax + 100)}0]}`,
  ],
  ["200,000 levels", `{"kind":"returned","value":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
];

test.each(breaches)("%s is a breach (F9s)", (_what, text) => {
  expect(judgeText(text)).toEqual({ kind: "breach", why: expect.any(String) });
});

test("64 levels are allowed", () => {
  const value = JSON.parse(`${"[".repeat(64)}${"]".repeat(64)}`);
  expect(judgeValue({ kind: "returned", value })).toEqual({ kind: "returned", value });
});

test("a text is measured as what it comes to when it is parsed", () => {
  const measured = (value: unknown): { depth: number; containerCount: number } => {
    if (typeof value !== "object" || value === null) return { depth: 0, containerCount: 0 };
    const parts = Object.values(value).map(measured);
    return {
      depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
      containerCount: 1 + parts.reduce((sum, { containerCount }) => sum + containerCount, 0),
    };
  };
  const odd = fc.stringMatching(/^["\\[\]{}, é]*$/u);
  const value = fc.anything({ values: [odd, fc.integer()], key: odd, maxDepth: 5 });
  fc.assert(
    fc.property(value, (one) => {
      const text = JSON.stringify(one) ?? "null";
      expect(measureJson(Buffer.from(text))).toEqual(measured(JSON.parse(text)));
    }),
  );
});

test("own __proto__ properties are gone at every level (F2s, F9s)", () => {
  const text =
    '{"kind":"agent","index":0,"prompt":"p","phase":null,"budgets":[],"__proto__":{"x":1},' +
    '"options":{"__proto__":{"isAdmin":true},"a":[{"__proto__":null,"b":1}]}}';
  const judged = judgeText(text);
  if (judged.kind !== "call" || judged.call.kind !== "agent") throw new Error("not judged to be a call");
  const { options } = judged.call;
  expect(options).toEqual({ a: [{ b: 1 }] });
  expect(Object.hasOwn(options, "__proto__")).toBe(false);
  expect("isAdmin" in Object.assign({}, options)).toBe(false);
});

test("whatever arrives, a judgement comes back and nothing is thrown (F9s)", () => {
  const field = fc.constantFrom(
    ...[
      "kind",
      "index",
      "prompt",
      "options",
      "phase",
      "budgets",
      "text",
      "level",
      "value",
      "code",
      "message",
    ],
  );
  const kind = fc.constantFrom(
    ...["agent", "workflow", "approve", "phase", "log", "waiting", "resting", "returned", "failed", "ready"],
  );
  const known = ["call", "phase", "log", "waiting", "resting", "returned", "failed", "ready", "breach"];
  fc.assert(
    fc.property(fc.dictionary(field, fc.jsonValue()), kind, (fields, name) => {
      expect(known).toContain(judgeValue({ ...fields, kind: name }).kind);
    }),
  );
});

test("calls are counted without a gap, and none twice (F9s)", () => {
  const rules = new RunRules(limits);
  expect(rules.admit(admitted(agent(1)))).toBe("a call out of order");
  expect(rules.admit(admitted(agent(0)))).toBeUndefined();
  expect(rules.admit(admitted(agent(0)))).toBe("a call out of order");
  expect(rules.admit(admitted(agent(1)))).toBeUndefined();
});

test("no more calls wait, and no more are made, than may be (F7s)", () => {
  const rules = new RunRules(limits);
  for (const index of [0, 1]) expect(rules.admit(admitted(agent(index)))).toBeUndefined();
  expect(rules.admit(admitted(agent(2)))).toBe("more calls at once than may wait");
  expect(rules.answer(0)).toBe(true);
  expect(rules.admit(admitted(agent(2)))).toBeUndefined();
  rules.answer(1);
  expect(rules.admit(admitted(agent(3)))).toBe("more calls than a script may make");
});

test("an answer is given once, and only to who asked", () => {
  const rules = new RunRules(limits);
  expect(rules.answer(0)).toBe(false);
  rules.admit(admitted(agent(0)));
  expect([rules.answer(0), rules.answer(0), rules.answer(7)]).toEqual([true, false, false]);
});

test("a guest cannot have taken in answers that were never given, nor wait for nothing (F9s)", () => {
  const rules = new RunRules(limits);
  expect(rules.admit({ kind: "waiting", answeredCount: 1 })).toBe("an answer that was never given");
  expect(rules.admit({ kind: "waiting", answeredCount: 0 })).toBe("a wait for nothing");
  rules.admit(admitted(agent(0)));
  expect(rules.admit({ kind: "waiting", answeredCount: 0 })).toBeUndefined();
});

test("a second greeting is a breach, and so is one log line more than the one that counts the missing (F9s)", () => {
  const rules = new RunRules(limits);
  expect(rules.admit(admitted({ kind: "ready" }))).toBe("a second greeting");
  const said = [1, 2, 3, 4].map(() => rules.admit({ kind: "log", level: "info", text: "x" }));
  expect(said).toEqual([undefined, undefined, undefined, "more log lines than a script may write"]);
});

test("frames are counted by number and by size", () => {
  const rules = new RunRules({ ...limits, messageCountMax: 2, messageBytesMax: 100 });
  expect([rules.countFrame(10), rules.countFrame(10), rules.countFrame(10)]).toEqual([true, true, false]);
  expect(new RunRules({ ...limits, messageBytesMax: 100 }).countFrame(101)).toBe(false);
});

test("a script that uses all that it may stays below the number of messages", () => {
  const { callCountMax, logLineCountMax, phaseCountMax, messageCountMax } = toToldLimits(defaultGuestLimits);
  // Each answer can be followed by one wait; the first wait comes before any, and the end is one message too.
  const most = callCountMax + (callCountMax + 1) + (logLineCountMax + 1) + phaseCountMax + 1;
  expect(most).toBeLessThan(messageCountMax);
});
