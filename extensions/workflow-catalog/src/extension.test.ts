import { openTestHost } from "@lathe/extension-kit/testing";
import { WorkflowScripts } from "@lathe/kernel";
import { createScriptCompiler } from "@lathe/workflow-sandbox";
import { expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";

test("starts, contributes each workflow under the name of its metadata, and leaves nothing", async () => {
  const compiler = createScriptCompiler();
  const host = await openTestHost({ manifest, activate });
  try {
    const items = host.contributions(WorkflowScripts).all();
    expect(items.map(({ name }) => name)).toEqual([...manifest.contributes["workflow-scripts"]].toSorted());
    for (const { name, item } of items) {
      const compiled = await compiler.compile(item.source, `${name}.js`);
      if (compiled.kind === "refused") throw new Error(compiled.error.message);
      const { meta, dialect, warnings } = compiled.script;
      expect({ name: meta.name, dialect, warnings }).toEqual({ name, dialect: "script", warnings: [] });
      expect([meta.description, meta.whenToUse].every((words) => (words ?? "").length > 20)).toBe(true);
      expect(meta.phases.length).toBeGreaterThan(2);
    }
  } finally {
    await host[Symbol.asyncDispose]();
    await compiler.close();
  }
  expect(host.contributions(WorkflowScripts).all()).toEqual([]);
});
