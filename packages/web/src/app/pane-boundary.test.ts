import "../testing/page-surroundings.ts";
import { h, options } from "preact";
import { renderToString } from "preact-render-to-string";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PaneBoundary } from "./pane-boundary.tsx";

const told = vi.fn();
beforeAll(() => {
  Object.assign(options, { errorBoundaries: true });
  Object.assign(globalThis, { reportError: told });
});
afterAll(() => {
  Object.assign(options, { errorBoundaries: false });
  Reflect.deleteProperty(globalThis, "reportError");
});

test("a pane that breaks says so in its place, what is beside it stays, and the fault is told", () => {
  const fault = new Error("A word that nobody knows.");
  const Broken = (): never => {
    throw fault;
  };
  const html = renderToString(
    h("main", null, h(PaneBoundary, null, h(Broken, null)), h(PaneBoundary, null, h("p", null, "Beside"))),
  );
  expect(html).toContain("This pane broke");
  expect(html).toContain("<p>Beside</p>");
  expect(html).not.toContain(fault.message);
  expect(told.mock.calls).toEqual([[fault]]);
});
