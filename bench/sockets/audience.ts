// Many WebSocket clients in one process, which count what they are sent and do nothing else with it.
//
// Tasks: `join` opens them, `listen` begins to count anew, `heard` settles when each has been sent a text, `write` puts
// what the first of them has heard into a file, as a JSON array of texts, `leave` closes them.

import { writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { answerAsActor } from "../harness/actor.ts";
import { ByteTail } from "./byte-tail.ts";
import { FrameCounter, textsIn } from "./frame-counter.ts";
import { clientFrame, openSocket, type SocketAddress } from "./open-socket.ts";

export interface Joining extends SocketAddress {
  readonly count: number;
  /** What each client sends when it is open, one frame each, and what it then must hear before it has joined. */
  readonly said: readonly string[];
  readonly greeting: string;
}

/** Of each client. */
export interface Heard {
  readonly textCountMin: number;
  readonly textCountMax: number;
  readonly byteCountMin: number;
}

interface Client {
  readonly socket: Socket;
  readonly counter: FrameCounter;
  readonly tail: ByteTail;
}

const openedAtOnce = 50;

class Audience {
  #clients: Client[] = [];
  /** What the first client has read since it listens. */
  #pieces: Buffer[] = [];
  /** Asked after each piece that a client has read. */
  #onPiece: (client: Client) => void = () => {};
  #broken: ((reason: Error) => void) | undefined;

  async join({ count, said, greeting, ...address }: Joining): Promise<void> {
    while (this.#clients.length < count) {
      const missing = Math.min(openedAtOnce, count - this.#clients.length);
      const opened = await Promise.all(Array.from({ length: missing }, () => this.#open(address)));
      const greeted = this.#untilHeard(opened, greeting);
      for (const { socket } of opened) for (const text of said) socket.write(clientFrame(text));
      await greeted;
      this.#clients.push(...opened);
    }
  }

  listen(): void {
    for (const { counter, tail } of this.#clients) {
      counter.reset();
      tail.reset();
    }
    this.#pieces = [];
  }

  async heard(text: string): Promise<Heard> {
    await this.#untilHeard(this.#clients, text);
    const counts = this.#clients.map(({ counter }) => counter.textCount);
    return {
      textCountMin: Math.min(...counts),
      textCountMax: Math.max(...counts),
      byteCountMin: Math.min(...this.#clients.map(({ tail }) => tail.byteCount)),
    };
  }

  async write(file: string): Promise<void> {
    await writeFile(file, JSON.stringify(textsIn(Buffer.concat(this.#pieces))));
  }

  leave(): void {
    this.#broken = undefined;
    for (const { socket } of this.#clients) socket.destroy();
    this.#clients = [];
    this.#pieces = [];
  }

  async #open(address: SocketAddress): Promise<Client> {
    const socket = await openSocket(address);
    const client = { socket, counter: new FrameCounter(), tail: new ByteTail() };
    socket.on("data", (bytes: Buffer) => {
      client.counter.push(bytes);
      client.tail.push(bytes);
      if (client === this.#clients[0]) this.#pieces.push(bytes);
      this.#onPiece(client);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => this.#broken?.(new Error("A socket was closed before it heard everything.")));
    return client;
  }

  #untilHeard(clients: readonly Client[], text: string): Promise<void> {
    const waiting = new Set(clients.filter(({ tail }) => !tail.holds(text)));
    if (waiting.size === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#broken = reject;
      this.#onPiece = (client) => {
        if (!client.tail.holds(text)) return;
        waiting.delete(client);
        if (waiting.size === 0) resolve();
      };
    });
  }
}

const audience = new Audience();
answerAsActor({
  join: (joining: Joining) => audience.join(joining),
  listen: () => audience.listen(),
  heard: (text: string) => audience.heard(text),
  write: (file: string) => audience.write(file),
  leave: () => audience.leave(),
});
