// Writes messages as the alternating turns that the Messages API wants, with moving cache breakpoints at the end.
//
// Results of tools are user messages here, and neighbours of one role become one message. Where the prompt cache
// should be written and read moves with each request; so the last turns stay out of the kept body and are written
// into the tail, with their marks.
//
// Invariants
//   M1  What is in the body has no mark and will never change.
//   M2  The marks are on the last user message and on the one before it: a server looks back only 20 blocks from a
//       mark for what an earlier request has left in the cache, and one step may write more than that.
import type { BodyWriter, Message, PrefixBody } from "@lathe/extension-kit";
import { asCacheBreakpoint, renderBlocks } from "./render-blocks.ts";

interface Group {
  readonly role: "user" | "assistant";
  readonly blocks: string[];
}

const markedCount = 2;

export class MessageGroups implements BodyWriter {
  readonly #providerId: string;
  readonly #body: PrefixBody;
  /** From the first user message that will be marked to the end. */
  readonly #open: Group[] = [];

  constructor(providerId: string, body: PrefixBody) {
    this.#providerId = providerId;
    this.#body = body;
  }

  append(message: Message): void {
    const blocks = renderBlocks(message, this.#providerId);
    if (blocks.length === 0) return;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = this.#open.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else this.#open.push({ role, blocks: [...blocks] });
    this.#keepOldest();
  }

  tail(): string {
    const groups = this.#open.map((group) => renderGroup(group, group.role === "user"));
    const separator = this.#body.itemCount > 0 && groups.length > 0 ? "," : "";
    return `${separator}${groups.join(",")}]}`;
  }

  #keepOldest(): void {
    while (
      this.#open.filter((group) => group.role === "user").length > markedCount ||
      this.#open[0]?.role === "assistant"
    ) {
      const oldest = this.#open[0];
      // An assistant's message at the end may still grow.
      if (oldest === undefined || this.#open.length === 1) return;
      this.#open.shift();
      this.#body.append(renderGroup(oldest, false));
    }
  }
}

function renderGroup({ role, blocks }: Group, marked: boolean): string {
  const last = blocks.at(-1);
  const rendered = marked && last !== undefined ? [...blocks.slice(0, -1), asCacheBreakpoint(last)] : blocks;
  return `{"role":"${role}","content":[${rendered.join(",")}]}`;
}
