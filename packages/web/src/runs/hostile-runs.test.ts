import "../testing/page-surroundings.ts";
import type { WorkflowAgentView, WorkflowApproval } from "@lathe/wire";
import { h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import { type Allowed, allowedInTexts, textOf, violationsIn } from "../testing/inert-html.ts";
import { runOf } from "../testing/run-of.ts";
import { AgentRow } from "./agent-row.tsx";
import { CacheTable } from "./cache-table.tsx";
import { RunFailure } from "./run-failure.tsx";
import { RunLog } from "./run-log.tsx";
import { RunQuestions } from "./run-questions.tsx";
import { RunResult } from "./run-result.tsx";
import { RunRow } from "./run-row.tsx";
import { WorkflowPhases } from "./workflow-phases.tsx";

const hostile = "<img src=x onerror=alert(1)>\"'&\u202egnp.exe\u0000";
const attack = "<script>alert(1)</script>\n\n[x](javascript:alert(1))";

/** What our own frames are made of, besides what texts are shown with. */
const allowed: Allowed = {
  elements: new Set([
    ...allowedInTexts.elements,
    ..."section article h2 dl dt dd details summary time textarea form label svg path bdi".split(" "),
  ]),
  attributes: new Set([
    ...allowedInTexts.attributes,
    ..."aria-labelledby aria-describedby aria-invalid aria-disabled datetime id for rows value open".split(
      " ",
    ),
  ]),
};

function rendered<Props>(node: VNode<Props>): string {
  const html = renderToString(node as VNode);
  const places = /^href \/(?:runs|c|workflows|trace)\/[\w%.-]+(?:\/[\w%.-]+)?$/;
  expect(violationsIn(html, allowed).filter((violation) => !places.test(violation))).toEqual([]);
  return html;
}

function agentOf(given: Partial<WorkflowAgentView>): WorkflowAgentView {
  return {
    callIndex: 0,
    label: hostile,
    phase: hostile,
    state: "done",
    prompt: hostile,
    agent: hostile,
    model: hostile,
    childRunId: "run_2",
    conversationId: "cnv_1",
    startedAtMs: 1_000,
    durationMs: 2_500,
    usage: null,
    triesAgain: 2,
    error: { code: "x", message: hostile },
    ...given,
  };
}

const desk = {
  readRun: async () => runOf("run_2"),
  nested: () => h("p", null, "nested"),
};

describe("names and texts of others in a run", () => {
  test("a row of a list shows them as text", () => {
    const html = rendered(h(RunRow, { run: runOf("run_1", { kind: hostile, agent: hostile }) }));
    expect(textOf(html)).toContain("<img src=x onerror=alert(1)>");
  });

  test("a row links to the run, and to the conversation at its turn", () => {
    const run = runOf("run_1", { kind: "turn", conversationId: "cnv_1", turnId: "trn_1" });
    const html = rendered(h(RunRow, { run }));
    expect([...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).toEqual([
      "/runs/run_1",
      "/c/cnv_1/trn_1",
    ]);
    expect(html).toContain("Running");
    expect(html).toContain("Stop");
  });

  test("a run that is asked to stop says so, and cannot be asked twice", () => {
    const html = rendered(h(RunRow, { run: runOf("run_1", { status: "stopping" }) }));
    expect(textOf(html)).toContain("Stopping");
    expect(html).toContain('aria-disabled="true"');
  });

  test("an agent says its state in words, and why it was asked again", () => {
    const html = rendered(h(AgentRow, { agent: agentOf({}), reason: "prompt-changed", desk }));
    const text = textOf(html);
    for (const said of ["Done", "2.5 s", "asked again 2 times", "Conversation", "Trace"])
      expect(text).toContain(said);
  });

  test("phases say how far they are", () => {
    const phases = [
      { title: hostile, detail: hostile, agents: [agentOf({}), agentOf({ callIndex: 1, state: "failed" })] },
      {
        title: null,
        detail: null,
        agents: [agentOf({ callIndex: 2, state: "queued", conversationId: null })],
      },
      { title: "Empty", detail: null, agents: [] },
    ];
    const html = rendered(h(WorkflowPhases, { phases, current: "Empty", reasons: new Map(), desk }));
    const text = textOf(html);
    for (const said of ["2 agents, 1 failed", "Without a phase", "0 of 1 agents", "Now", "Queued"])
      expect(text).toContain(said);
  });

  test("a question is a text, with what happens where nobody answers", () => {
    const approvals: readonly WorkflowApproval[] = [
      { callIndex: 0, approvalId: "apr_1", question: hostile, default: true, expiresAtMs: 9_000 },
      { callIndex: 1, approvalId: "apr_2", question: attack, expiresAtMs: 9_000 },
      { callIndex: 2, approvalId: "apr_3", question: "Name?", default: hostile, expiresAtMs: 9_000 },
    ];
    const html = rendered(h(RunQuestions, { approvals, give: async () => undefined }));
    const text = textOf(html);
    for (const said of [
      "Waiting for you",
      "it is Yes",
      "it fails",
      "Yes",
      "No",
      "Answer",
      attack.slice(0, 25),
    ])
      expect(text).toContain(said);
    expect(html.match(/<textarea/g)).toHaveLength(2);
  });

  test("an error shows the line of the script, as text", () => {
    const error = { code: "script-error", message: hostile, line: 2, column: 5 };
    const html = rendered(h(RunFailure, { title: "It failed", error, script: `one\n${hostile}\nthree` }));
    expect(textOf(html)).toContain("In the script at line 2, column 5");
    expect(html.match(/onerror/g)).toHaveLength(2);
    expect(
      rendered(h(RunFailure, { title: "It failed", error: { ...error, line: 99 }, script: "one" })),
    ).not.toContain("run-failure-line");
  });

  test("a result is read as it was meant: Markdown where it is a text, its texts where it is a value", () => {
    expect(rendered(h(RunResult, { result: "# Title\n\nDone" }))).toContain("<h3");
    const html = rendered(h(RunResult, { result: { [hostile]: attack, count: 3 } }));
    expect(textOf(html)).toContain("The whole result as JSON");
    expect(html).not.toContain("href");
    expect(textOf(rendered(h(RunResult, { result: [1, hostile] })))).toContain("onerror");
    expect(renderToString(h(RunResult, { result: null }))).toBe("");
  });

  test("the log is text with its controls visible, and of many lines the last are laid out", () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => ({
      seq: at + 1,
      atMs: 1_000,
      source: "script" as const,
      level: "error" as const,
      text: `${hostile} ${at}`,
    }));
    const html = rendered(h(RunLog, { log: { lines, droppedCount: 0 } }));
    expect(html.match(/run-log-line/g)?.length).toBeLessThan(600);
    expect(html).toContain(" 4999");
    expect(textOf(html)).toContain("Error: ");
    expect(html).toContain("control-mark");
  });

  test("the cache report says in sentences why a call was asked", () => {
    const call = { callIndex: 0, label: hostile, phase: null, key: "k", fromRunId: null };
    const html = rendered(
      h(CacheTable, {
        items: [
          { ...call, outcome: "miss", reason: "files-changed" },
          { ...call, callIndex: 1, outcome: "hit", reason: "other-run", fromRunId: "run_9" },
        ],
      }),
    );
    const text = textOf(html);
    for (const said of [
      "files that it may read have changed",
      "another run had asked the same",
      "Hit",
      "Miss",
    ])
      expect(text).toContain(said);
    expect(html).toContain('href="/runs/run_9"');
  });
});
