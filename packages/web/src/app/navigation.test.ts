import "../testing/page-address.ts";
import { beforeAll, expect, test } from "vitest";
import { closeBeside, go, goBeside, goFrom, view } from "./navigation.ts";

beforeAll(() => {
  const show = (_state: unknown, _title: string, url: string): void => {
    Object.assign(location, { href: new URL(url, location.href).href });
  };
  Object.defineProperty(globalThis, "history", { value: { pushState: show, replaceState: show } });
});

const run = { kind: "run", id: "run_1" } as const;
const runs = { kind: "runs" } as const;

test("what was begun in a place leads on from there, in the pane where it stands", () => {
  go(run);
  expect([goFrom(run, runs), view.value]).toEqual([true, { main: runs, beside: [] }]);
  goBeside(run);
  expect([goFrom(run, { kind: "run", id: "run_2" }), view.value]).toEqual([
    true,
    { main: runs, beside: [{ kind: "run", id: "run_2" }] },
  ]);
  closeBeside({ kind: "run", id: "run_2" });
});

test("whoever has left the place meanwhile stays where he is", () => {
  go({ kind: "workflows" });
  expect([goFrom(run, runs), view.value.main]).toEqual([false, { kind: "workflows" }]);
});
