// What can be asked of the daemon itself.
import type { ExtensionState } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, declareOperation } from "../operation.ts";
import { ExtensionStateSchema } from "../schemas/documents.ts";
import { listOf } from "../schemas/values.ts";

type Nothing = Readonly<Record<string, never>>;

export const extensionsList: Declared<Nothing, { readonly items: readonly ExtensionState[] }> =
  declareOperation({
    name: "extensions.list",
    summary: "Lists every extension that was found, and why one is not active.",
    scope: "read",
    rest: { method: "GET", path: "/api/extensions", status: 200 },
    input: v.strictObject({}),
    output: v.object({ items: listOf(ExtensionStateSchema) }),
    problems: [],
  });

export const livez: Declared<Nothing, { readonly status: "alive" }> = declareOperation({
  name: "livez",
  summary: "Answers as long as the process does.",
  scope: "public",
  rest: { method: "GET", path: "/livez", status: 200 },
  input: v.strictObject({}),
  output: v.object({ status: v.literal("alive") }),
  problems: [],
});

export const readyz: Declared<Nothing, { readonly status: "ready" }> = declareOperation({
  name: "readyz",
  summary: "Answers 200 while new work is welcome: everything has started and the store takes writes.",
  scope: "public",
  rest: { method: "GET", path: "/readyz", status: 200 },
  input: v.strictObject({}),
  output: v.object({ status: v.literal("ready") }),
  problems: ["starting", "draining", "storage-not-writable"],
});
