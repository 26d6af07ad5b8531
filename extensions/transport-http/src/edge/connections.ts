import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Knows which connections are open, and which of them are waiting for an answer. */
export class Connections {
  readonly #open = new Set<Duplex>();
  readonly #answering = new Map<Duplex, ServerResponse>();
  #closing = false;

  add(socket: Duplex): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
  }

  /** An answer has begun to be worked on; it is over when the response closes. */
  begin(socket: Duplex, outgoing: ServerResponse): void {
    this.#answering.set(socket, outgoing);
    outgoing.once("close", () => {
      if (this.#answering.get(socket) === outgoing) this.#answering.delete(socket);
      if (this.#closing) socket.destroy();
    });
  }

  answerOn(socket: Duplex): ServerResponse | undefined {
    return this.#answering.get(socket);
  }

  /**
   * Closes those that wait for nothing now, and the others as soon as they have their answer. Node by itself keeps one
   * that never sent a request, or that has had its answer meanwhile, until it times out.
   */
  closeUnused(): void {
    this.#closing = true;
    for (const socket of this.#open) if (!this.#answering.has(socket)) socket.destroy();
  }
}
