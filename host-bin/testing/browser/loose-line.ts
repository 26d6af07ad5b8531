// A network between a browser and a daemon that is pulled out and put back by a test.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class LooseLine implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Of the daemon; undefined = it leads nowhere. */
  #port: number | undefined;
  #isUp = true;

  private constructor() {
    this.#server = createServer((client) => {
      if (this.#isUp && this.#port !== undefined) this.#join(client, connect(this.#port, "127.0.0.1"));
      else client.destroy();
    });
  }

  /** Leads nowhere as yet. */
  static async open(): Promise<LooseLine> {
    const line = new LooseLine();
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** To the daemon at this URL, which must take the line's host for one of its own. */
  leadTo(url: string): void {
    this.#port = Number(new URL(url).port);
  }

  /** Every connection breaks, and no other comes about until it is put back. */
  pullOut(): void {
    this.#isUp = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  putBack(): void {
    this.#isUp = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.pullOut();
    await closed;
  }

  #join(client: Socket, daemon: Socket): void {
    for (const [socket, other] of [
      [client, daemon],
      [daemon, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
