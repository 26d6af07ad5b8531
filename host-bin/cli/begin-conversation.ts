// Begins conversations for `run` and `chat`, and takes one back in which nothing was said.
import { resolve } from "node:path";
import { type Client, ConnectionError } from "@lathe/client";
import type { Conversation } from "@lathe/kernel";
import { conversationsCreate, conversationsDelete, conversationsGet } from "@lathe/wire/operations";
import { type CommandCall, textOption } from "./command.ts";

const titleLengthMax = 80;

/**
 * A new conversation with the agent and the folder of the call; its title is the beginning of the message. Asked for again
 * under the same key, it is the same one, also from another daemon of the same state.
 */
export async function beginConversation(
  client: Client,
  call: CommandCall,
  text: string,
  idempotencyKey: string,
): Promise<Conversation> {
  const title = titleOf(text);
  const draft = {
    cwd: cwdOf(call),
    agent: textOption(call, "agent"),
    ...(title === "" ? {} : { title }),
  };
  const ask = (): Promise<Conversation> => client.call(conversationsCreate, draft, { idempotencyKey });
  try {
    return await ask();
  } catch (failure) {
    // Where the answer was lost, it is begun, or is to be.
    if (failure instanceof ConnectionError && failure.mayHaveHappened) return await ask();
    throw failure;
  }
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
