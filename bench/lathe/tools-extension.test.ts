import type { Host, Tool } from "@lathe/kernel";
import { expect, test } from "vitest";
import { changingLookUp, lookUp } from "../harness/conversation.ts";
import { type InProcessTool, toolsExtension } from "./tools-extension.ts";

async function contributedBy(tools: readonly InProcessTool[]): Promise<readonly Tool[]> {
  const contributed: Tool[] = [];
  const host = { contribute: (_point: unknown, _name: string, tool: Tool) => contributed.push(tool) };
  const { activate } = (await toolsExtension(tools).load("")) as { activate: (host: Host) => void };
  activate(host as unknown as Host);
  return contributed;
}

test("a tool that is said to change something can not be run again, and any other can", async () => {
  const [reading, changing] = await contributedBy([lookUp, changingLookUp]);
  expect([reading?.readOnly, reading?.idempotent]).toEqual([true, true]);
  expect([changing?.readOnly, changing?.idempotent]).toEqual([false, false]);
});
