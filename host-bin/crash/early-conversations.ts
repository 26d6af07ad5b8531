// A store that breaks the promise which everything rests on: it says that entries are kept, and keeps them 50 ms later.
// A check that does not notice it is none.
import { setTimeout as sleep } from "node:timers/promises";
import type { FoundExtension } from "@lathe/extension-host";
import {
  type Activate,
  type Conversations,
  ConversationsService,
  type Entry,
  type Host,
} from "@lathe/kernel";
import { findBuiltInExtensions } from "../found-extensions.ts";
import { overlay } from "./overlay.ts";

const lateMs = 50;

/** Takes the place of the built-in extension of the same id. */
export function createEarlyConversations(): FoundExtension {
  const builtIn = findBuiltInExtensions().find(({ folder }) => folder === "conversation-store");
  if (builtIn === undefined) throw new Error("There is no extension conversation-store.");
  return {
    ...builtIn,
    load: async (entry) => {
      const { activate } = (await builtIn.load(entry)) as { readonly activate: Activate };
      const early: Activate = (host, scope) => activate(offeringEarly(host), scope);
      return { activate: early };
    },
  };
}

function offeringEarly(host: Host): Host {
  return overlay(host, {
    offer: (service, implementation) =>
      (service as unknown) === ConversationsService
        ? host.offer(ConversationsService, early(implementation as Conversations))
        : host.offer(service, implementation),
  });
}

function early(kept: Conversations): Conversations {
  const late = new Map<string, Promise<unknown>>();
  const append: Conversations["append"] = async (id, events, options) => {
    await late.get(id);
    const { lastSeq = 0 } = (await kept.get(id)) ?? {};
    const writing = sleep(lateMs).then(() => kept.append(id, events, options));
    late.set(
      id,
      writing.catch(() => undefined),
    );
    return events.map((event, index) => ({ ...event, seq: lastSeq + 1 + index, atMs: Date.now() }) as Entry);
  };
  // Whoever reads waits for what is late, so that only a crash can tell the difference.
  const get: Conversations["get"] = async (id) => {
    await late.get(id);
    return kept.get(id);
  };
  const entries: Conversations["entries"] = async (id, page) => {
    await late.get(id);
    return kept.entries(id, page);
  };
  return overlay(kept, { append, get, entries });
}
