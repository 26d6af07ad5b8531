// A real backend on the real host, in folders of its own, for the tests of this extension.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestHost, realClock, realTimers } from "@lathe/extension-kit/testing";
import { type ExecBackend, ExecBackends, type SpanRecord } from "@lathe/kernel";
import { activate } from "../extension.ts";

export const manifest: unknown = JSON.parse(
  readFileSync(new URL("../../manifest.json", import.meta.url), "utf8"),
);

export interface LocalUnderTest extends AsyncDisposable {
  readonly backend: ExecBackend;
  readonly records: readonly SpanRecord[];
  close(): Promise<void>;
}

export async function openLocal(
  options: { readonly config?: unknown; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<LocalUnderTest> {
  const host = await openTestHost({
    manifest,
    activate,
    config: options.config,
    environment: options.environment ?? { PATH: process.env.PATH ?? "/usr/bin:/bin" },
    powers: { clock: realClock(), timers: realTimers() },
  });
  const backend = host.contributions(ExecBackends).get("local");
  if (backend === undefined) throw new Error("The backend was not contributed.");
  const close = () => host.close();
  return { backend, records: host.records, close, [Symbol.asyncDispose]: close };
}

export interface Folder extends Disposable {
  readonly path: string;
}

export function openFolder(): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "lathe-exec-")));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
