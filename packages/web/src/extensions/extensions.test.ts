import type { ExtensionState } from "@lathe/kernel";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { type Allowed, allowedInTexts, violationsIn } from "../testing/inert-html.ts";
import { ExtensionList } from "./extension-list.tsx";
import { belongings, inOrderOfTrouble, sumOf } from "./extension-words.ts";

const allowed: Allowed = {
  ...allowedInTexts,
  elements: new Set([...allowedInTexts.elements, "details", "summary"]),
};

const active: ExtensionState = {
  id: "tools-files",
  version: "0.1.0",
  description: "Reads and writes files.",
  kind: "active",
  reason: null,
  needs: ["exec-backend"],
  offers: [],
  contributes: { tools: ["read_file", "edit_file"] },
  permissions: [],
  activationMs: 3,
};
const failed: ExtensionState = { ...active, id: "zz-mine", kind: "failed", reason: "It threw." };

test("those that somebody has to look after come first, and are counted", () => {
  expect(inOrderOfTrouble([active, failed]).map(({ id }) => id)).toEqual(["zz-mine", "tools-files"]);
  expect([sumOf([active]), sumOf([active, failed])]).toEqual([
    "1 extension, all active",
    "2 extensions, 1 of them not active",
  ]);
});

test("what an extension needs, offers and contributes is told, and what is empty is left out", () => {
  expect(belongings(active)).toEqual([
    { what: "Needs", names: ["exec-backend"] },
    { what: "Contributes tools", names: ["read_file", "edit_file"] },
  ]);
});

test("A15: what a manifest says of itself is shown as text", () => {
  const evil = "<img src=x onerror=alert(1)> \u202Egnp.exe";
  const html = renderToString(
    h(ExtensionList, { items: [{ ...failed, id: evil, version: evil, description: evil, reason: evil }] }),
  );
  expect(violationsIn(html, allowed)).toEqual([]);
  expect(html).toContain("&lt;img src=x");
  expect(html).not.toContain("\u202Egnp");
});
