// Someone who follows a conversation as cheaply as possible, at the speed that it is told, and can say what it was given.
import { type IncomingMessage, request } from "node:http";
import type { ConversationEvent, Entry, TransientEvent } from "@lathe/kernel";
import { type ClientFrame, protocolVersion, type ServerFrame, socketPath } from "@lathe/wire";
import { WebSocket } from "ws";
import type { DaemonProcess } from "../daemon-process.ts";
import type { Transport } from "../law/follow-once.ts";
import { History } from "./histories.ts";

export interface WitnessOptions {
  readonly daemon: Pick<DaemonProcess, "url" | "token">;
  readonly transport: Transport;
  readonly conversationId: string;
  /** Somebody who has left; it goes on where that one was. */
  readonly after?: Witness;
}

/** `code` where a socket was closed with one; `complete` where a stream said that nothing more comes. */
export type Closing =
  | { readonly kind: "closed"; readonly code: number }
  | { readonly kind: "complete" }
  | { readonly kind: "cut" };

/** What reading can be stopped on, for a while. */
interface Source {
  pause(): void;
  resume(): void;
  end(): void;
}

export class Witness {
  readonly transport: Transport;
  readonly history: History;
  /** As JSON. */
  lastEntry = "";
  /** Steps whose text is not what came piece by piece before. */
  readonly differing: string[] = [];
  readonly closed: Promise<Closing>;
  pingCount = 0;
  eventCount = 0;
  /** Characters of the texts that came piece by piece. */
  textLength = 0;
  lastSeq: number;
  /** Of the last event, and of each that carries `@milliseconds since 1970@` in its text. */
  onEvent: (json: string) => void = () => undefined;
  readonly #texts = new Map<string, string>();
  readonly #close: (closing: Closing) => void;
  readonly #opened = Promise.withResolvers<void>();
  #source: Source | undefined;
  #breathing: NodeJS.Timeout | undefined;
  /** The end of the breath that is being taken. */
  #breath: NodeJS.Immediate | undefined;
  isClosed = false;

  private constructor({ transport, after }: WitnessOptions) {
    this.transport = transport;
    this.lastSeq = after?.lastSeq ?? 0;
    this.history = new History(after?.history);
    const { promise, resolve } = Promise.withResolvers<Closing>();
    this.closed = promise;
    this.#close = (closing) => {
      this.isClosed = true;
      this.#breatheNoMore();
      resolve(closing);
      this.#opened.reject(new Error(`It ended before it was answered: ${JSON.stringify(closing)}`));
    };
    this.#opened.promise.catch(() => undefined);
  }

  /** Settles when the daemon has accepted. */
  static async open(options: WitnessOptions): Promise<Witness> {
    const witness = new Witness(options);
    witness.#source =
      options.transport === "sse" ? witness.#openStream(options) : witness.#openSocket(options);
    await witness.#opened.promise;
    return witness;
  }

  /** Reads nothing more, until `resume`. */
  pause(): void {
    this.#source?.pause();
  }

  /** Reads a little, now and then, until `resume`. */
  readSlowly(everyMs: number): void {
    this.pause();
    this.#breathing = setInterval(() => {
      this.#source?.resume();
      this.#breath = setImmediate(() => this.#source?.pause());
    }, everyMs);
  }

  resume(): void {
    this.#breatheNoMore();
    this.#source?.resume();
  }

  leave(): void {
    this.#breatheNoMore();
    this.#source?.end();
  }

  #breatheNoMore(): void {
    clearInterval(this.#breathing);
    clearImmediate(this.#breath);
  }

  #openStream({ daemon, conversationId }: WitnessOptions): Source {
    const url = new URL(`/api/conversations/${conversationId}/stream`, daemon.url);
    const headers = {
      accept: "text/event-stream",
      authorization: `Bearer ${daemon.token}`,
      "last-event-id": String(this.lastSeq),
    };
    let response: IncomingMessage | undefined;
    const outgoing = request(url, { headers, agent: false }, (incoming) => {
      response = incoming;
      if (incoming.statusCode === 200) this.#opened.resolve();
      else this.#opened.reject(new Error(`It was answered ${incoming.statusCode}.`));
      this.#readStream(incoming);
    });
    outgoing.on("error", () => this.#close({ kind: "cut" }));
    outgoing.end();
    return {
      pause: () => response?.pause(),
      resume: () => response?.resume(),
      end: () => outgoing.destroy(),
    };
  }

  #readStream(incoming: IncomingMessage): void {
    let rest = "";
    let isComplete = false;
    incoming.setEncoding("utf8");
    incoming.on("data", (text: string) => {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        if (block.startsWith(":")) this.pingCount += 1;
        else if (block.startsWith("event: end")) isComplete = true;
        else this.#take(block.slice(block.indexOf("data: ") + 6));
      }
    });
    incoming.on("error", () => undefined);
    incoming.on("close", () => this.#close({ kind: isComplete ? "complete" : "cut" }));
  }

  #openSocket({ daemon, conversationId }: WitnessOptions): Source {
    const ws = new WebSocket(`${daemon.url.replace("http:", "ws:")}${socketPath}`, {
      headers: { authorization: `Bearer ${daemon.token}` },
      perMessageDeflate: false,
    });
    const send = (frame: ClientFrame): void => ws.send(JSON.stringify(frame));
    ws.on("open", () => {
      send({ type: "hello", protocol: protocolVersion });
      const input = { id: conversationId };
      const operation = "conversations.stream";
      send({ type: "subscribe", id: "1", operation, input, lastEventId: String(this.lastSeq) });
    });
    ws.on("ping", () => {
      this.pingCount += 1;
    });
    ws.on("message", (bytes) => this.#takeFrame(String(bytes)));
    ws.on("error", () => undefined);
    ws.on("close", (code) => this.#close({ kind: "closed", code }));
    return { pause: () => ws.pause(), resume: () => ws.resume(), end: () => ws.terminate() };
  }

  #takeFrame(json: string): void {
    // The name of the stream holds no braces: behind it is the event as every transport sends it.
    const at = json.indexOf(',"event":{');
    if (json.startsWith('{"type":"event"') && at > 0) this.#take(json.slice(at + 9, -1));
    else this.#answer(JSON.parse(json) as ServerFrame);
  }

  #answer(frame: ServerFrame): void {
    if (frame.type === "subscribed") this.#opened.resolve();
    else if (frame.type !== "welcome")
      this.#opened.reject(new Error(`It was answered ${JSON.stringify(frame)}`));
  }

  #take(json: string): void {
    this.eventCount += 1;
    this.onEvent(json);
    const event = JSON.parse(json) as ConversationEvent;
    if ("seq" in event) this.#takeEntry(event, json);
    else if (event.type === "step-partial") {
      this.#texts.delete(event.stepId);
      for (const part of event.events) this.#takeText(part);
    } else if (event.type === "text-delta") this.#takeText(event);
  }

  #takeEntry(entry: Entry, json: string): void {
    if (entry.seq !== this.lastSeq + 1)
      throw new Error(`It has ${this.lastSeq}, and was given ${entry.seq}.`);
    this.lastSeq = entry.seq;
    this.history.add(json);
    this.lastEntry = json;
    if (entry.type !== "step-complete") return;
    const seen = this.#texts.get(entry.stepId);
    this.#texts.delete(entry.stepId);
    const parts = entry.message?.content ?? [];
    const told = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    if (seen !== undefined && seen !== told) this.differing.push(entry.stepId);
  }

  #takeText(event: TransientEvent): void {
    if (event.type !== "text-delta") return;
    this.#texts.set(event.stepId, (this.#texts.get(event.stepId) ?? "") + event.text);
    this.textLength += event.text.length;
  }
}
