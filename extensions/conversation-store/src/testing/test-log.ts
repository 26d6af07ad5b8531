// A conversation log over a store in memory, for the tests of this extension.
import {
  type MemoryStorage,
  openMemoryStorage,
  stepComplete,
  turnDone,
  turnSealed,
  turnStart,
  userMessage,
} from "@lathe/extension-kit/testing";
import type { DurableEvent, IdsPower, NewConversation, Storage } from "@lathe/kernel";
import { ActivityIndex } from "../core/activity-index.ts";
import { ActivityTimes } from "../core/activity-times.ts";
import { ConversationLog } from "../core/conversation-log.ts";
import { Deletions } from "../core/deletions.ts";

export interface TestLog {
  readonly memory: MemoryStorage;
  readonly storage: Storage;
  readonly log: ConversationLog;
  readonly deletions: Deletions;
  readonly index: ActivityIndex;
  readonly warnings: string[];
  /** Aborting it is what the end of the process does to deletions. */
  readonly ending: AbortController;
}

export interface TestLogOptions {
  /** A store that holds something already. */
  readonly memory?: MemoryStorage;
  readonly headCacheCountMax?: number;
  /** Where absent, each reading is a millisecond after the one before. */
  readonly nowMs?: () => number;
  /** When any conversation of the store was active last; 0 where absent. */
  readonly newestMs?: number;
  /** Stands between the log and its store. */
  readonly wrap?: (storage: Storage) => Storage;
}

let idCount = 0;
const ids: IdsPower = { newId: (prefix) => `${prefix}_${String(++idCount).padStart(32, "0")}` };

export function openTestLog(options: TestLogOptions = {}): TestLog {
  const memory = options.memory ?? openMemoryStorage();
  const storage = memory.namespace("conversation-store");
  const warnings: string[] = [];
  const ending = new AbortController();
  let readingMs = 1_000;
  const logger = {
    source: "conversation-store",
    log: (_level: string, message: string) => void warnings.push(message),
    openSpan: () => {
      throw new Error("It opens no span.");
    },
  };
  const used = options.wrap?.(storage) ?? storage;
  const deletions = new Deletions({ storage: used, logger, signal: ending.signal });
  const index = new ActivityIndex({ storage: used, logger, signal: ending.signal });
  const log = new ConversationLog({
    storage: used,
    clock: { nowMs: options.nowMs ?? (() => readingMs++), monotonicMs: () => readingMs },
    ids,
    deletions,
    index,
    activityTimes: new ActivityTimes(options.newestMs ?? 0),
    headCacheCountMax: options.headCacheCountMax ?? 1_000,
    onDeleted: () => undefined,
  });
  return { memory, storage, log, deletions, index, warnings, ending };
}

export const draft: NewConversation = {
  owner: "local",
  title: null,
  agent: "default",
  model: null,
  cwd: "/",
};

export function message(conversationId: string, text: string): DurableEvent {
  return { type: "user-message", conversationId, turnId: "trn_1", content: [{ type: "text", text }] };
}

export function textOf(event: DurableEvent): string {
  return event.type === "user-message" ? event.content.map(({ text }) => text).join("") : event.type;
}

/** A turn that went well: its message, its start, so many steps, its end and its seal. */
export function wholeTurn(
  conversationId: string,
  turnId: string,
  stepCount: number,
): readonly DurableEvent[] {
  const place = { conversationId, turnId };
  const steps = Array.from({ length: stepCount }, (_, index) => stepComplete(place, index));
  return [userMessage(place, turnId), turnStart(place), ...steps, turnDone(place), turnSealed(place)];
}
