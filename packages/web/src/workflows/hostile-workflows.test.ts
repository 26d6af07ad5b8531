import "../testing/page-surroundings.ts";
import type { WorkflowDocument } from "@lathe/wire";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import { textOf, violationsIn } from "../testing/inert-html.ts";
import { argumentFields } from "./argument-fields.ts";
import { ArgumentInput } from "./argument-inputs.tsx";
import { Broken, CheckReport } from "./check-report.tsx";
import { LaunchForm } from "./launch-form.tsx";
import { lineNumbers, ScriptView } from "./script-view.tsx";
import { WorkflowFacts } from "./workflow-facts.tsx";
import { Item } from "./workflows-pane.tsx";

const hostile = '<img src=x onerror=alert(1)>"\u202egnp.exe';

/** Elements that could do something, and attributes that run. */
function dangersIn(html: string): readonly string[] {
  return violationsIn(html).filter((violation) =>
    /^element (?:script|img|iframe)|^attribute on|javascript|no tag/.test(violation),
  );
}

const workflow: WorkflowDocument = {
  name: hostile,
  description: hostile,
  whenToUse: hostile,
  dialect: "script",
  phases: [{ title: hostile, detail: hostile, model: hostile }],
  source: { kind: "project", path: hostile },
  error: { code: "script-parse-error", message: `${hostile}\n  ^`, line: 3, column: 7 },
  warnings: [{ message: hostile, line: 1, column: null }],
  shadows: [{ kind: "home", path: hostile }],
  script: hostile,
  hash: "00",
  meta: { name: hostile, extra: hostile },
};

describe("workflows of others", () => {
  test("are listed with what is wrong and where, as text", () => {
    const html = renderToString(h(Item, { item: workflow }));
    expect(dangersIn(html)).toEqual([]);
    expect(textOf(html)).toContain("Broken");
    expect(textOf(html)).toContain(", line 3");
    expect(html).toContain(`href="/workflows/${encodeURIComponent(hostile)}"`);
  });

  test("are described, as text", () => {
    const html = renderToString(h(WorkflowFacts, { workflow }));
    expect(dangersIn(html)).toEqual([]);
    expect(html).toContain("control-mark");
    expect(textOf(html)).toContain("More that it says of itself");
  });

  test("that cannot be run say the place", () => {
    const html = renderToString(h(Broken, { error: workflow.error as NonNullable<typeof workflow.error> }));
    expect(dangersIn(html)).toEqual([]);
    expect(textOf(html)).toContain("It cannot be run (line 3, column 7)");
    const check = { valid: true, error: null, warnings: workflow.warnings, meta: null, dialect: null };
    expect(textOf(renderToString(h(CheckReport, { check })))).toContain("It can be run.");
  });

  test("show their script with a number for each line", () => {
    expect(lineNumbers("a\nb\n")).toBe("1\n2");
    expect(lineNumbers("")).toBe("1");
    expect(lineNumbers("a\n\nb")).toBe("1\n2\n3");
    const html = renderToString(h(ScriptView, { script: `${hostile}\n` }));
    expect(dangersIn(html)).toEqual([]);
    expect(textOf(html)).toContain("onerror");
  });
});

describe("the form", () => {
  test("has an input with a label for each argument, whatever it is called", () => {
    const fields = argumentFields({ args: { [hostile]: { enum: [hostile, 2], description: hostile } } });
    const [field] = fields;
    if (field === undefined) throw new Error("There must be a field.");
    const html = renderToString(
      h(ArgumentInput, { field, text: "", error: "Wrong.", onText: () => undefined }),
    );
    expect(dangersIn(html)).toEqual([]);
    const id = /<label for="([^"]+)"/.exec(html)?.[1];
    expect(html).toMatch(new RegExp(`<select[^>]*id="${id}"`));
    expect(html).toContain('aria-invalid="true"');
    expect(textOf(html)).toContain("Wrong.");
  });

  test("asks for JSON where nothing is known of the arguments, and says what a dry run is", () => {
    const html = renderToString(h(LaunchForm, { source: { kind: "workflow", name: "survey" }, meta: null }));
    expect(html).toContain("A JSON value or any text");
    expect(html).toContain("nothing is spent");
    expect(html).not.toContain("Enter them field by field");
  });

  test("of something that cannot be run can only check it", () => {
    const html = renderToString(
      h(LaunchForm, { source: { kind: "script", script: "" }, meta: null, isBroken: true }),
    );
    expect(html.match(/aria-disabled="true"/g)).toHaveLength(2);
  });
});
