// Counts tokens as a rough tokenizer would, and remembers prompts as a provider's prefix cache would.
//
// Owns: one fingerprint per part of the last request of each recent conversation; no text is kept.
import type { Message, ProviderRequest, ToolDeclaration } from "@lathe/kernel";
import { RecentMap } from "./recent-map.ts";

export interface PromptTokens {
  readonly inputTokens: number;
  /** Tokens of the longest common beginning with the conversation's request before. */
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

interface Measured {
  readonly tokens: number;
  readonly fingerprint: number;
}

const conversationCountMax = 256;
const tokensPerPart = 4;

/** About four characters a token. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

export class TokenMeter {
  readonly #lastPrompts = new RecentMap<string, readonly number[]>(conversationCountMax);
  readonly #messages = new WeakMap<Message, Measured>();
  readonly #tools = new WeakMap<readonly ToolDeclaration[], Measured>();

  measure(request: ProviderRequest): PromptTokens {
    const key = `${request.model}\n${request.conversationId}`;
    const before = this.#lastPrompts.get(key) ?? [];
    const parts = this.#partsOf(request);
    this.#lastPrompts.set(
      key,
      parts.map(({ fingerprint }) => fingerprint),
    );
    let inputTokens = 0;
    let cacheReadTokens = 0;
    let same = true;
    for (const [index, part] of parts.entries()) {
      inputTokens += part.tokens;
      same &&= before[index] === part.fingerprint;
      if (same) cacheReadTokens += part.tokens;
    }
    return { inputTokens, cacheReadTokens, cacheWriteTokens: inputTokens - cacheReadTokens };
  }

  /** Tools and system prompt come first, as they do in what real providers cache. */
  #partsOf({ tools, system, messages }: ProviderRequest): readonly Measured[] {
    const parts = [this.#remembered(this.#tools, tools), measured(system)];
    for (const message of messages) parts.push(this.#remembered(this.#messages, message));
    return parts;
  }

  /** Messages and tool lists are never changed, so that each is measured once. */
  #remembered<T extends object>(known: WeakMap<T, Measured>, value: T): Measured {
    let found = known.get(value);
    if (found === undefined) {
      found = measured(JSON.stringify(value));
      known.set(value, found);
    }
    return found;
  }
}

function measured(text: string): Measured {
  return { tokens: tokensOf(text) + tokensPerPart, fingerprint: fingerprintOf(text) };
}

/** FNV-1a over UTF-16 units, 32 bits: a collision would only make an estimate a little wrong. */
function fingerprintOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
