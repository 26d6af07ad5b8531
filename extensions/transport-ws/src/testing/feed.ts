// A conversation as it is followed: a log that is replayed from a position, then what happens live.
import type { ConversationEvent, Entry, TransientEvent } from "@lathe/kernel";
import type { EventSink, EventStream } from "@lathe/wire";

interface Follower {
  readonly sink: EventSink;
  seq: number;
  joined: boolean;
}

const turn = { conversationId: "cnv_1", turnId: "trn_1" } as const;
const step = { ...turn, stepId: "trn_1#0" } as const;

export class Feed {
  readonly log: Entry[] = [];
  readonly #followers = new Set<Follower>();

  get followerCount(): number {
    return this.#followers.size;
  }

  /** Whether somebody cannot take more now. */
  get isHeldBack(): boolean {
    return [...this.#followers].some(({ sink }) => sink.ready?.() !== undefined);
  }

  /** Whether everyone who follows was given the whole log. */
  get isCaughtUp(): boolean {
    return [...this.#followers].every(({ joined }) => joined);
  }

  append(text: string): void {
    const seq = this.log.length + 1;
    const entry: Entry = { ...turn, type: "user-message", content: [{ type: "text", text }], seq, atMs: seq };
    this.log.push(entry);
    this.#publish(entry, seq);
  }

  emit(event: TransientEvent): void {
    this.#publish(event);
  }

  say(text: string): void {
    this.emit({ ...step, type: "text-delta", text });
  }

  end(): void {
    for (const { sink } of [...this.#followers]) sink.end();
  }

  follow(sinceSeq: number): EventStream {
    return (sink) => {
      const follower: Follower = { sink, seq: sinceSeq, joined: false };
      this.#followers.add(follower);
      void this.#catchUp(follower);
      return () => {
        this.#followers.delete(follower);
      };
    };
  }

  async #catchUp(follower: Follower): Promise<void> {
    await undefined;
    while (this.#followers.has(follower) && follower.seq < this.log.length) {
      await follower.sink.ready?.();
      const entry = this.log[follower.seq];
      if (entry === undefined || !this.#followers.has(follower)) return;
      follower.seq = entry.seq;
      follower.sink.event(entry, () => JSON.stringify(entry));
    }
    follower.joined = true;
  }

  #publish(event: ConversationEvent, seq?: number): void {
    let text: string | undefined;
    const json = (): string => {
      text ??= JSON.stringify(event);
      return text;
    };
    for (const follower of this.#followers) {
      if (!follower.joined || (seq !== undefined && seq <= follower.seq)) continue;
      follower.seq = seq ?? follower.seq;
      follower.sink.event(event, json);
    }
  }
}
