import { expect, test } from "vitest";
import { kernelApiVersion, parseManifest } from "./manifest.ts";
import { manifestJson } from "./testing/fixtures.ts";

const problemOf = (source: unknown): string => {
  try {
    parseManifest("folder", source);
  } catch (failure) {
    return (failure as Error).message;
  }
  return "none";
};

test("what a manifest leaves out is empty", () => {
  expect(parseManifest("folder", JSON.stringify(manifestJson("tools-files")))).toEqual({
    ...manifestJson("tools-files"),
    needs: [],
    wants: [],
    offers: [],
    contributes: {},
    collects: [],
    permissions: [],
    config: null,
  });
});

test("a manifest may say everything", () => {
  const full = manifestJson("provider-x", {
    needs: ["storage"],
    wants: ["turns"],
    offers: ["prices"],
    contributes: { providers: ["x", "x-*"], tools: ["*"] },
    collects: ["tools"],
    permissions: ["clock", "environment:X_*"],
    config: { type: "object" },
  });
  expect(parseManifest("folder", full)).toEqual(full);
});

test("a byte order mark before the text does not matter", () => {
  expect(parseManifest("folder", `\uFEFF${JSON.stringify(manifestJson("a"))}`).id).toBe("a");
});

test.each([
  ["text that is not JSON", "{", "manifest.json is not JSON"],
  ["a list", [], "id is missing"],
  ["null", null, "the manifest must be an object"],
  ["a missing field", { ...manifestJson("a"), entry: undefined }, "entry must be text"],
  ["an unknown field", manifestJson("a", { dependencies: [] }), "dependencies is not a field of a manifest"],
  ["an id in capitals", manifestJson("Files"), "id must be lower-case words joined by dashes"],
  ["an id with a dot", manifestJson("a.b"), "id must be lower-case words"],
  ["an id that ends with a dash", manifestJson("a-"), "id must be lower-case words"],
  ["the host's own id", manifestJson("host"), "id is the name of the host itself"],
  ["a version that is none", manifestJson("a", { version: "1" }), "version must be a version such as 1.0.0"],
  ["a range that is none", manifestJson("a", { kernel: "soon" }), "kernel must be a version range"],
  ["an empty range", manifestJson("a", { kernel: "" }), "kernel must be a version range"],
  ["an entry outside", manifestJson("a", { entry: "./../b.ts" }), "entry must be a path inside"],
  ["an absolute entry", manifestJson("a", { entry: "/b.ts" }), "entry must be a path inside"],
  ["a URL as entry", manifestJson("a", { entry: "https://example.com/b.ts" }), "entry must be a path inside"],
  ["a need that is a number", manifestJson("a", { needs: [1] }), "needs.0 must be text"],
  ["a need named twice", manifestJson("a", { needs: ["x", "x"] }), "needs names something twice"],
  ["needs that are no list", manifestJson("a", { needs: "x" }), "needs must be a list"],
  [
    "a need that is a want as well",
    manifestJson("a", { needs: ["x"], wants: ["x"] }),
    "x is under needs and under wants",
  ],
  [
    "a star in the middle of a name",
    manifestJson("a", { contributes: { tools: ["a*b"] } }),
    "contributes.tools.0 must be a name",
  ],
  ["a permission with a space", manifestJson("a", { permissions: ["the clock"] }), "permissions.0 must be"],
  ["a config schema that is a list", manifestJson("a", { config: [] }), "config must be a JSON Schema"],
])("%s is refused with a sentence that names the field", (_what, source, sentence) => {
  expect(problemOf(source)).toContain(sentence);
});

test("all problems are named at once", () => {
  const problem = problemOf(manifestJson("A", { version: "x", extra: 1 }));
  for (const field of ["id must be", "version must be", "extra is not"]) expect(problem).toContain(field);
});

test("a manifest for another kernel is refused for that, whatever else it says", () => {
  expect(problemOf(manifestJson("a", { kernel: "^2.0.0", fieldOfTomorrow: true }))).toBe(
    `folder was made for kernel ^2.0.0, and this is kernel ${kernelApiVersion}. ` +
      "Install a version of folder that was made for it.",
  );
});

test.each([
  '{"__proto__": {"admin": true}}',
  '{"contributes": {"__proto__": ["x"]}}',
  '{"config": {"properties": {"constructor": {"prototype": {}}}}}',
])("C13s: %s is refused and pollutes nothing", (text) => {
  const source = { ...manifestJson("a"), ...JSON.parse(text) } as object;
  const withOwnKey = Object.hasOwn(JSON.parse(text) as object, "__proto__") ? text : source;
  expect(problemOf(withOwnKey)).toContain("is not a name that a field may have");
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test("T7: an extension cannot collect the sinks, through which it could write in another's name", () => {
  expect(problemOf(manifestJson("a", { collects: ["log-sinks"] }))).toContain(
    "is collected by the host alone",
  );
});

test("a manifest that is too long is refused before it is parsed", () => {
  expect(problemOf(`"${"x".repeat(300_000)}"`)).toContain("longer than");
});
