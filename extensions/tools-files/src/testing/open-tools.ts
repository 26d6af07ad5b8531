// The tools on the real extension host, over real files in a folder of their own.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestHost, realTimers } from "@lathe/extension-kit/testing";
import { type Tool, type ToolContext, type ToolOutput, Tools } from "@lathe/kernel";
import { activate } from "../extension.ts";
import { DiskFiles } from "./disk-files.ts";

export interface ToolsUnderTest extends AsyncDisposable {
  readonly root: string;
  readonly files: DiskFiles;
  tool(name: string): Tool;
  /** Stops the extension; the folder stays. */
  stop(): Promise<void>;
  /** Parses the input as the kernel would, then runs the tool. */
  call(name: string, input: unknown, signal?: AbortSignal): Promise<ToolOutput>;
}

export async function openTools(config: unknown = {}): Promise<ToolsUnderTest> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "lathe-tools-")));
  const files = new DiskFiles(root);
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../manifest.json", import.meta.url), "utf8"));
  const host = await openTestHost({ manifest, activate, config, powers: { timers: realTimers() } });
  const tool = (name: string): Tool => {
    const found = host.contributions(Tools).get(name);
    if (found === undefined) throw new Error(`There is no tool ${name}.`);
    return found;
  };
  const call = async (name: string, input: unknown, signal = new AbortController().signal) => {
    const parsed = await tool(name).input["~standard"].validate(input);
    if (parsed.issues !== undefined) return { content: parsed.issues[0]?.message ?? "", isError: true };
    const context = { cwd: root, signal, exec: { files: () => files } } as unknown as ToolContext;
    return await tool(name).execute(parsed.value, context);
  };
  const stop = () => host.close();
  const dispose = async () => {
    await stop();
    rmSync(root, { recursive: true, force: true });
  };
  return { root, files, tool, call, stop, [Symbol.asyncDispose]: dispose };
}
