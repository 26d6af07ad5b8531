import { foldEvents, startView, type TurnView } from "@lathe/wire";
import { simulateTurns } from "@lathe/wire/testing";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { beforeAll, expect, test, vi } from "vitest";
import { allowedInTexts, textOf, violationsIn } from "../../testing/inert-html.ts";

type TurnContent = typeof import("./turn-content.tsx").TurnContent;
let Content: TurnContent;
let toggleCalls: () => void;
let noteFold: (name: string, isOpen: boolean) => void;

beforeAll(async () => {
  // Links know where the page is; here it is nowhere.
  vi.stubGlobal("location", new URL("http://lathe.test/"));
  ({ TurnContent: Content } = await import("./turn-content.tsx"));
  ({ toggleCalls, noteFold } = await import("./open-folds.ts"));
});

const evil =
  "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>[x](javascript:alert(1))\u202Etxt.exe\u001b[31m";
const usage = {
  inputTokens: 9,
  outputTokens: 1,
  cacheReadTokens: 6,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

function hostileTurn(): TurnView {
  const [turn] = simulateTurns([
    {
      text: evil,
      finishReason: "error",
      steps: [
        {
          pieces: [
            { kind: "reasoning", text: evil },
            { kind: "text", text: evil },
            { kind: "call", call: 0, text: JSON.stringify({ path: evil, old_text: evil, new_text: "x" }) },
          ],
          retries: [],
          fallback: false,
          ending: "complete",
          usage,
          outcomes: ["error"],
          steering: evil,
        },
      ],
    },
  ]).reduce(foldEvents, startView()).turns;
  if (turn?.done == null) throw new Error("The turn is over.");
  return { ...turn, model: evil, done: { ...turn.done, failure: { kind: "auth", message: evil } } };
}

const allowed = {
  elements: new Set([
    ...allowedInTexts.elements,
    "details",
    "summary",
    "section",
    "footer",
    "time",
    "dl",
    "dt",
    "dd",
  ]),
  attributes: new Set([...allowedInTexts.attributes, "open", "data-step", "data-status", "datetime"]),
};

/** The page's own, to the trace of the turn. */
const ownLinks = ["href /trace/trn_0"];

test("A15: whatever a message, a model, a tool or a failure says stands there as text", () => {
  const html = renderToString(h(Content, { turn: hostileTurn() }));
  expect(violationsIn(html, allowed)).toEqual(ownLinks);
  expect(textOf(html)).toContain("<script>alert(1)</script>");
  expect(html).toContain("The provider did not accept the key");
});

test("A15: the same holds for what is folded, when it is opened", () => {
  toggleCalls();
  const html = renderToString(h(Content, { turn: hostileTurn() }));
  toggleCalls();
  expect(html).toContain('aria-label="Input"');
  expect(violationsIn(html, allowed)).toEqual(ownLinks);
});

test("C3: the cache hit rate stands below a turn as a number and a word", () => {
  const turn = hostileTurn();
  const done = turn.done === null ? null : { ...turn.done, usage };
  expect(textOf(renderToString(h(Content, { turn: { ...turn, done } })))).toContain("Cache 67 %, high");
});

test("a turn whose beginning was not read says so", () => {
  const turn: TurnView = { ...hostileTurn(), userMessage: [], startedAtMs: null };
  expect(renderToString(h(Content, { turn }))).toContain("This turn began further up");
});

test("a call that is opened opens no call of another step that its provider named the same", () => {
  const turn = hostileTurn();
  const [step] = turn.steps;
  const call = step?.parts.find((part) => part.type === "tool-call");
  if (step === undefined || call === undefined) throw new Error("The turn has no call.");
  const steps = ["step_a", "step_b"].map((stepId) => ({ ...step, stepId, parts: [call] }));
  noteFold(`call step_a ${call.callId}`, true);
  const html = renderToString(h(Content, { turn: { ...turn, steps } }));
  expect(html.match(/<details class="fold call-fold"[^>]*>/g)?.map((tag) => tag.includes(" open"))).toEqual([
    true,
    false,
  ]);
});
