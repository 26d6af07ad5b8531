import fc from "fast-check";
import { expect, test } from "vitest";
import { isPagePath } from "./page-path.ts";

test("the addresses of the page are its own", () => {
  const own = [
    "/",
    "/c",
    "/c/cnv_01a1fdca9fe774a1",
    "/runs",
    "/runs/run_1",
    "/workflows",
    "/workflows/review-changes",
    "/workflows/two%20words",
    "/workflows/%C3%BCber",
    "/workflows/release.v1.2",
    "/workflows/what%20now%3F",
    "/c/cnv_1/turns/trn_1",
  ];
  for (const path of own) expect([path, isPagePath(path)]).toEqual([path, true]);
});

test("A15: no other spelling of a path is: no file, no folder above, nothing that others answer", () => {
  const others = [
    "",
    "//",
    "//evil.com",
    "/c/",
    "/c//x",
    "/api",
    "/api/things",
    "/%61pi/things",
    "/livez",
    "/livez/x",
    "/readyz",
    "/assets",
    "/assets/x",
    "/%61ssets/x",
    "/favicon.ico",
    "/.git",
    "/..",
    "/../c",
    "/c/..",
    "/c/%2e%2e",
    "/c/%2E%2E/x",
    "/c/..%2f..%2fetc",
    "/c/a%2Fb",
    "/c/a%5Cb",
    "/c\\x",
    "/c/%00",
    "/c/\0",
    "/c/%0d%0aset-cookie:x",
    "/c/%",
    "/c/%zz",
    "/c/%ff",
    "/c/%c0%ae",
    "/c/%E2%80%AEx",
    "/c/%25%32%65",
    "/c/<script>",
    "/c/%3Cscript%3E",
  ];
  for (const path of others) expect([path, isPagePath(path)]).toEqual([path, false]);
});

test("whatever is sent, an address of the page means no file and no other folder", () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      if (path === "" || !isPagePath(path)) return;
      const resolved = new URL(path, "http://localhost");
      expect([resolved.pathname, /(^|\/)\.+(\/|$)/.test(decodeURIComponent(path))]).toEqual([path, false]);
    }),
  );
});
