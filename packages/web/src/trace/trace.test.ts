import "../testing/page-address.ts";
import { LatheProblem } from "@lathe/client";
import type { SpanTrace, ToolCallTrace } from "@lathe/wire";
import { signal } from "@preact/signals";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { spanOf, turnSpans } from "../testing/spans.ts";
import { ShownDiff } from "./prompt-diff-view.tsx";
import { retryWaits } from "./retry-waits.ts";
import { SpanDetails } from "./span-details.tsx";
import { noFilter, rowsOf } from "./span-rows.ts";
import { SpanTree } from "./span-tree.tsx";
import { tokensBySpan } from "./token-split.ts";
import { CallList } from "./tool-calls.tsx";
import { TraceFailure } from "./trace-failure.tsx";

const hostile = "<script>alert(1)</script>\u202egnp.exe\u001b[31m";
const turn = { startMs: 1_000, endMs: 2_000 };
const none: ReadonlySet<string> = new Set();
const nothing = (): void => undefined;

function treeOf(spans: readonly SpanTrace[]): string {
  const rows = rowsOf(spans, none, noFilter);
  const given = {
    rows,
    tokens: tokensBySpan(spans),
    waits: retryWaits(spans),
    turn,
    nowMs: 2_000,
    openedId: "step-0",
  };
  return renderToString(h(SpanTree, { ...given, collapsed: signal(none), onOpen: nothing }));
}

function detailsOf(span: SpanTrace): string {
  const given = { turnId: "trn_1", spans: [span], tokens: undefined, turn, onClose: nothing };
  return renderToString(h(SpanDetails, { ...given, span }));
}

test("the tree is one to screen readers: levels, places, what is open and what is chosen", () => {
  const html = treeOf(turnSpans());
  expect(html).toContain('role="tree"');
  const items = [...html.matchAll(/<div id="[^"]*" role="treeitem"[^>]*>/g)].map(([item]) => item);
  expect(items).toHaveLength(7);
  expect(items[1]).toMatch(
    /aria-level="2" aria-posinset="1" aria-setsize="2" aria-selected="true" aria-expanded="true"/,
  );
  expect(items[4]).not.toContain("aria-expanded");
  const active = /aria-activedescendant="([^"]*)"/.exec(html)?.[1];
  expect(items[1]).toContain(`id="${active}"`);
});

test("a step says its tokens and the share of the cache in words", () => {
  expect(treeOf(turnSpans())).toContain("Cache 60 %, high");
  expect(treeOf(turnSpans())).toContain("in 1000 (read 600, written 300) · out 20 (reasoning 5)");
});

test("of thousands of spans only a few rows are made, in a place as high as all of them", () => {
  const spans = [
    spanOf("root", { name: "turn" }),
    ...Array.from({ length: 2_000 }, (_, at) => spanOf(`s${at}`, { depth: 1, name: "tool-call" })),
  ];
  const html = treeOf(spans);
  expect(html.match(/role="treeitem"/g)?.length).toBeLessThan(100);
  expect(html).toContain(`block-size:${2_001 * 1.875}rem`);
  expect(html).toContain('aria-setsize="2000"');
});

test("names, attributes and log lines of others stay text, with their controls shown", () => {
  const span = spanOf("call", {
    name: "tool-call",
    attributes: { tool: hostile, outcome: hostile, [hostile]: hostile },
    logs: [{ source: "agents", atMs: 1_000, level: "error", message: hostile, attributes: {} }],
    bodies: [{ name: hostile, length: 3 }],
  });
  for (const html of [treeOf([span]), detailsOf(span)]) {
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script>");
    expect(html).toContain('data-label="U+202E"');
    expect(html).toContain('data-label="U+001B"');
  }
});

test("what a prompt diff quotes stays text", () => {
  const name = { stepIndex: 0, spanId: "a", length: 10, messageCount: 1 };
  const diff = {
    from: name,
    to: { ...name, stepIndex: 1 },
    firstDifferenceAt: 4,
    head: [{ part: `tools.${hostile}`, change: "added" as const, before: null, after: hostile }],
    sameMessageCount: 0,
    messages: [{ index: 0, change: "changed" as const, role: hostile, before: hostile, after: "" }],
    cut: true,
  };
  const html = renderToString(h(ShownDiff, { diff, tokens: undefined }));
  expect(html).not.toContain("<script");
  expect(html.match(/data-label="U\+202E"/g)?.length).toBeGreaterThanOrEqual(3);
  expect(html).toContain("More messages changed than are shown.");
});

test("a tool call in the list leads to its span, and shows what went wrong in place of its input", () => {
  const call: ToolCallTrace = {
    conversationId: "cnv_1",
    turnId: "trn_1",
    stepId: null,
    callId: "call_1",
    spanId: "span/1",
    tool: hostile,
    outcome: "timeout",
    startedAtMs: 1_000,
    finishedAtMs: 2_000,
    durationMs: 1_000,
    input: { beginning: "its input", length: 9 },
    output: null,
    error: hostile,
    usage: null,
  };
  const page = { items: [call], nextCursor: null };
  const place = { kind: "trace", turnId: "trn_1" } as const;
  const html = renderToString(h(CallList, { page, place, onChosen: nothing, more: nothing }));
  expect(html).toContain('href="/trace/trn_1/span%2F1"');
  expect(html).toContain("timed out");
  expect(html).not.toContain("its input");
  expect(html).not.toContain("<script");
});

test("a trace that is not kept is explained; any other failure is told as it is", () => {
  const gone = new LatheProblem({
    type: "about:blank",
    title: "Not Found",
    status: 404,
    code: "unknown-trace",
    detail: "No trace.",
  } as ConstructorParameters<typeof LatheProblem>[0]);
  const shown = (failure: unknown, hasTrace: boolean): string =>
    renderToString(h(TraceFailure, { failure, hasTrace, again: nothing }));
  expect(shown(gone, false)).toContain("No trace of this turn is kept.");
  expect(shown(gone, true)).toContain("could not be read again");
  expect(shown(new Error(hostile), false)).not.toContain("<script");
});
