import "../testing/page-address.ts";
import type { ConversationComparison, TurnView } from "@lathe/wire";
import { foldEvents, startView, turnsOf } from "@lathe/wire";
import { simulateTurns } from "@lathe/wire/testing";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { ComparedTurn } from "./compared-turn.tsx";
import { ComparisonTable } from "./comparison-table.tsx";

const hostile = '<img src=x onerror=alert(1)>\u202etxt.exe\u0007"';

function turnSaying(text: string, given: Partial<TurnView> = {}): TurnView {
  const step = {
    pieces: [
      { kind: "text", text } as const,
      { kind: "call", call: 0, text: JSON.stringify(text).slice(1, -1) } as const,
    ],
    retries: [],
    fallback: false,
    ending: "complete" as const,
    usage: null,
    outcomes: ["error" as const],
    steering: null,
  };
  const events = simulateTurns([{ text, steps: [step], finishReason: "stop" }]);
  const [turn] = turnsOf(events.reduce(foldEvents, startView()));
  if (turn === undefined) throw new Error("There is no turn.");
  return { ...turn, ...given };
}

function shown(one: TurnView | null, other: TurnView | null): string {
  const numbers = { oneNumber: 3, otherNumber: 4 };
  return renderToString(h(ComparedTurn, { one, other, oneId: "cnv/../a", otherId: "cnv_b", ...numbers }));
}

test("what others wrote stays text on both sides, and its controls are shown", () => {
  const html = shown(turnSaying(hostile, { model: hostile }), turnSaying(`${hostile} other`));
  expect(html).not.toContain("<img");
  expect(html).toContain("&lt;img");
  expect(html).toContain('data-label="U+202E"');
  expect(html).toContain('href="/c/cnv%2F..%2Fa/trn_0"');
});

test("where both say the same it is there once, and where one has nothing the other stands alone", () => {
  const turn = turnSaying("Yes, it is.");
  expect(shown(turn, turn).match(/Yes, it is\./g)?.length).toBe(2 + 2);
  const alone = shown(null, turn);
  expect(alone).toContain("Only in B.");
  expect(alone).toContain("Turn 4 of B");
  expect(alone).not.toContain(" of A");
});

test("a call that both made is told apart where it came to something else", () => {
  const one = turnSaying("Yes, it is.");
  const steps = one.steps.map((step) => ({
    ...step,
    parts: step.parts.map((part) => (part.type === "tool-call" ? { ...part, output: "Another." } : part)),
  }));
  expect(shown(one, one)).not.toContain("other output");
  const html = shown(one, { ...one, steps });
  expect(html).toContain("other output than in B");
  expect(html).toContain("other output than in A");
});

test("a turn that both have begun together says that only its rest is compared", () => {
  const rest = turnSaying("It is not there.", { startedAtMs: null, userMessage: [] });
  const done = { ...rest.done, finishReason: "interrupted" } as NonNullable<TurnView["done"]>;
  const html = shown(rest, { ...rest, steps: [], done });
  expect(html).toContain("The rest of ");
  expect(html).toContain("It was forked here");
  expect(html).not.toContain(">Message<");
});

test("the table has a column for what is in common only where something is", () => {
  const part = {
    turnCount: 1,
    stepCount: 1,
    toolCallCount: 0,
    usage: {
      inputTokens: null,
      outputTokens: 5,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      reasoningTokens: null,
    },
    cacheHitRate: null,
    durationMs: 1_500,
    models: [hostile],
  };
  const side = { ...part, undone: [] };
  const columns = (comparison: ConversationComparison): number =>
    renderToString(h(ComparisonTable, { comparison })).match(/<th scope="col">/g)?.length ?? 0;
  expect(columns({ sharedSeq: 5, shared: part, one: side, other: side })).toBe(3);
  expect(columns({ sharedSeq: 0, shared: part, one: side, other: side })).toBe(2);
  const html = renderToString(
    h(ComparisonTable, { comparison: { sharedSeq: 0, shared: part, one: side, other: side } }),
  );
  expect(html).not.toContain("<img");
  // What is not known is a dash.
  expect(html).toContain("<td>–</td>");
});
