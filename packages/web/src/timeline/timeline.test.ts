import "../testing/page-address.ts";
import type { TurnSummary } from "@lathe/wire";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { turnOf } from "../testing/turns.ts";
import { OriginLinks } from "./fork-origin.tsx";
import { TurnRow } from "./turn-row.tsx";
import type { Standing } from "./turn-words.ts";
import { UsageTotals } from "./usage-totals.tsx";

const hostile = '<img src=x onerror=alert(1)>\u202etxt.exe\u0007"';

function rowOf(turn: TurnSummary, standing: Standing): string {
  const nothing = (): void => undefined;
  const given = { conversationId: "cnv_1", shared: false, longestMs: 2_000, nowMs: 5_000 };
  return renderToString(h(TurnRow, { ...given, turn, standing, onRestore: nothing, onFork: nothing }));
}

function buttonsOf(html: string): readonly string[] {
  return [...html.matchAll(/<button[^>]*>.*?<span>(.*?)<\/span><\/button>/g)].map(([, text = ""]) => text);
}

test("a turn leads to its place in the conversation and to its trace", () => {
  const html = rowOf(turnOf("trn_1"), "before");
  expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
    "/c/cnv_1/trn_1",
    "/trace/trn_1",
  ]);
  expect(html).toContain("Cache 25 %, low");
});

test("what can be done with a turn depends on where it stands", () => {
  const turn = turnOf("trn_1");
  expect(buttonsOf(rowOf(turn, "before"))).toEqual(["Restore", "Fork"]);
  expect(buttonsOf(rowOf(turn, "undone"))).toEqual(["Restore", "Fork"]);
  expect(buttonsOf(rowOf(turn, "last"))).toEqual(["Fork"]);
  expect(buttonsOf(rowOf(turn, "running"))).toEqual([]);
});

test("a turn that was left behind says so in words", () => {
  expect(rowOf(turnOf("trn_1", { undone: true }), "undone")).toContain("left behind");
  expect(rowOf(turnOf("trn_1"), "before")).not.toContain("left behind");
});

test("what others wrote stays text, and its controls are shown", () => {
  const html = rowOf(turnOf("trn_1", { preview: hostile, model: hostile, agent: hostile }), "before");
  expect(html).not.toContain("<img");
  expect(html).toContain("&lt;img");
  expect(html.match(/data-label="U\+202E"/g)).toHaveLength(3);
  expect(html.match(/data-label="U\+0007"/g)).toHaveLength(3);
  const origin = renderToString(
    h(OriginLinks, { forkId: "cnv_1", conversationId: "cnv_0/../x", title: hostile }),
  );
  expect(origin).not.toContain("<img");
  expect(origin).toContain('href="/c/cnv_0%2F..%2Fx"');
  expect(origin).toContain('href="/compare/cnv_0%2F..%2Fx/cnv_1"');
});

test("the totals say what was left out of them, and what is unknown is no zero", () => {
  const unknown = {
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
  };
  const nothing = { turnCount: 0, stepCount: 0, toolCallCount: 0, usage: unknown, cacheHitRate: null };
  const without = renderToString(h(UsageTotals, { usage: { ...nothing, turnCount: 1, undone: nothing } }));
  expect(without).toContain("<dt>Tokens in</dt><dd>–</dd>");
  expect(without).toContain("Cache unknown");
  expect(without).not.toContain("Not counted");
  const undone = { ...nothing, turnCount: 2, usage: { ...unknown, inputTokens: 12_000, outputTokens: 7 } };
  const html = renderToString(h(UsageTotals, { usage: { ...nothing, undone } }));
  expect(html).toContain("Not counted: 2 turns left behind by a restore: 12.0k tokens in, 7 out.");
});
