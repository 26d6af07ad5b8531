// Begins conversations for `run` and `chat`, and takes one back in which nothing was said.
import { resolve } from "node:path";
import type { Conversation } from "@lathe/kernel";
import type { Client } from "./client.ts";
import { type CommandCall, textOption } from "./command.ts";

const titleLengthMax = 80;

/** A new conversation with the agent and the folder of the call; its title is the beginning of the message. */
export async function beginConversation(
  client: Client,
  call: CommandCall,
  text: string,
): Promise<Conversation> {
  const agent = textOption(call, "agent");
  const title = titleOf(text);
  return await client.call("POST", "/api/conversations", {
    cwd: cwdOf(call),
    ...(agent === undefined ? {} : { agent }),
    ...(title === "" ? {} : { title }),
  });
}

/** Absolute path of where the tools of a new conversation work. */
export function cwdOf(call: CommandCall): string {
  return resolve(call.cwd, textOption(call, "cwd") ?? ".");
}

/** Deletes a conversation whose messages were all refused, and says whether it is gone. Never rejects. */
export async function forgetUnlessSpoken(client: Client, id: string): Promise<boolean> {
  const path = `/api/conversations/${encodeURIComponent(id)}`;
  try {
    const { lastSeq } = await client.call<Conversation>("GET", path);
    if (lastSeq > 0) return false;
    await client.call("DELETE", path);
    return true;
  } catch {
    // It stays, empty: why the message was refused is what counts.
    return false;
  }
}

/** Whole characters only: half of a pair would not be text. */
function titleOf(text: string): string {
  const line = [...text.replaceAll(/\s+/g, " ").trim()];
  return line.length <= titleLengthMax ? line.join("") : `${line.slice(0, titleLengthMax).join("")}...`;
}
