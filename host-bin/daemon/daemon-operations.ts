// What can be asked of the daemon itself.
import type { ExtensionReport } from "@lathe/kernel";
import { type AnyOperation, defineOperation, ExtensionStateSchema, ProblemError } from "@lathe/wire";
import * as v from "valibot";
import type { Lifecycle } from "./lifecycle.ts";
import type { StorageProbe } from "./storage-probe.ts";

export function extensionsOperation(report: ExtensionReport): AnyOperation {
  return defineOperation({
    name: "extensions.list",
    summary: "Lists every extension that was found, and why one is not active.",
    scope: "read",
    rest: { method: "GET", path: "/api/extensions", status: 200 },
    input: v.strictObject({}),
    output: v.strictObject({ items: v.array(ExtensionStateSchema) }),
    problems: [],
    run: async () => ({ items: [...report.extensions()] }),
  });
}

export function livezOperation(): AnyOperation {
  return defineOperation({
    name: "livez",
    summary: "Answers as long as the process does.",
    scope: "public",
    rest: { method: "GET", path: "/livez", status: 200 },
    input: v.strictObject({}),
    output: v.strictObject({ status: v.literal("alive") }),
    problems: [],
    run: async () => ({ status: "alive" as const }),
  });
}

export interface Readiness {
  readonly lifecycle: Lifecycle;
  /** Whether a transport listens. */
  readonly isOpen: () => boolean;
  readonly probe: StorageProbe;
}

export function readyzOperation({ lifecycle, isOpen, probe }: Readiness): AnyOperation {
  return defineOperation({
    name: "readyz",
    summary: "Answers 200 while new work is welcome: everything has started and the store takes writes.",
    scope: "public",
    rest: { method: "GET", path: "/readyz", status: 200 },
    input: v.strictObject({}),
    output: v.strictObject({ status: v.literal("ready") }),
    problems: ["starting", "draining", "storage-not-writable"],
    run: async () => {
      if (lifecycle.phase === "draining")
        throw new ProblemError(
          503,
          "draining",
          "The daemon is shutting down. Ask again after it has started.",
        );
      if (lifecycle.phase === "starting" || !isOpen())
        throw new ProblemError(503, "starting", "The daemon is still starting. Ask again in a moment.");
      // The reason may name paths of this machine, and anybody may ask.
      if ((await probe.problem()) !== null)
        throw new ProblemError(503, "storage-not-writable", "The store takes no writes. Run: lathe doctor");
      return { status: "ready" as const };
    },
  });
}
