// Whose a trace is: the owner of its conversation.
import type { Conversations } from "@lathe/kernel";
import { mayTouch, type Principal } from "@lathe/wire";
import { BoundedMap } from "./bounded-map.ts";

const ownersMax = 10_000;

export class Owners {
  readonly #conversations: Pick<Conversations, "get"> | undefined;
  /** A conversation never changes its owner. */
  readonly #known = new BoundedMap<string, string>(ownersMax);

  constructor(conversations: Pick<Conversations, "get"> | undefined) {
    this.#conversations = conversations;
  }

  /** Undefined where there is no such conversation (any more): then nobody owns its traces. */
  async of(conversationId: string | null): Promise<string | undefined> {
    if (conversationId === null) return undefined;
    const known = this.#known.get(conversationId);
    if (known !== undefined) return known;
    const owner = (await this.#conversations?.get(conversationId))?.owner;
    if (owner !== undefined) this.#known.set(conversationId, owner);
    return owner;
  }

  /** Whether the principal may see traces of the conversation; what nobody owns is for administrators. */
  async mayRead(principal: Principal, conversationId: string | null): Promise<boolean> {
    if (principal.scopes.includes("admin")) return true;
    const owner = await this.of(conversationId);
    return owner !== undefined && mayTouch(principal, owner);
  }
}
