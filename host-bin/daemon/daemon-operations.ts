// What can be asked of the daemon itself.
import type { ExtensionReport } from "@lathe/kernel";
import { type AnyOperation, implementOperation, ProblemError } from "@lathe/wire";
import { extensionsList, livez, readyz } from "@lathe/wire/operations";
import type { Lifecycle } from "./lifecycle.ts";
import type { StorageProbe } from "./storage-probe.ts";

export function extensionsOperation(report: ExtensionReport): AnyOperation {
  return implementOperation(extensionsList, { run: async () => ({ items: report.extensions() }) });
}

export function livezOperation(): AnyOperation {
  return implementOperation(livez, { run: async () => ({ status: "alive" as const }) });
}

export interface Readiness {
  readonly lifecycle: Lifecycle;
  /** Whether a transport listens. */
  readonly isOpen: () => boolean;
  readonly probe: StorageProbe;
}

export function readyzOperation({ lifecycle, isOpen, probe }: Readiness): AnyOperation {
  return implementOperation(readyz, {
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
