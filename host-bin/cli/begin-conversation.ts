// Begins conversations for `run` and `chat`, and takes one back in which nothing was said.
import { resolve } from "node:path";
import type { Client } from "@lathe/client";
import type { Conversation } from "@lathe/kernel";
import { conversationsCreate, conversationsDelete, conversationsGet } from "@lathe/wire/operations";
import { type CommandCall, textOption } from "./command.ts";

const titleLengthMax = 80;

/** A new conversation with the agent and the folder of the call; its title is the beginning of the message. */
export async function beginConversation(
  client: Client,
  call: CommandCall,
  text: string,
): Promise<Conversation> {
  const title = titleOf(text);
  return await client.call(conversationsCreate, {
    cwd: cwdOf(call),
    agent: textOption(call, "agent"),
    ...(title === "" ? {} : { title }),
  });
}

/** Absolute path of where the tools of a new conversation work. */
export function cwdOf(call: CommandCall): string {
  return resolve(call.cwd, textOption(call, "cwd") ?? ".");
}

/** Deletes a conversation whose messages were all refused, and says whether it is gone. Never rejects. */
export async function forgetUnlessSpoken(client: Client, id: string): Promise<boolean> {
  try {
    const { lastSeq } = await client.call(conversationsGet, { id });
    if (lastSeq > 0) return false;
    await client.call(conversationsDelete, { id });
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
