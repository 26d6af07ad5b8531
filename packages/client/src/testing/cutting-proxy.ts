// A network that breaks: connections through it end after as many bytes as a test says.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** For each connection in turn, how many bytes of the answer come through; those after it live on. */
  cuts: number[];
  cutCount = 0;
  /** Of the daemon; connections that come before it is known are refused. */
  port: number | undefined;

  private constructor(port: number | undefined, cuts: readonly number[]) {
    this.port = port;
    this.cuts = [...cuts];
    this.#server = createServer((client) => {
      if (this.port === undefined) client.destroy();
      else this.#join(client, connect(this.port, "127.0.0.1"));
    });
  }

  static async open(port?: number, cuts: readonly number[] = []): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port, cuts);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(client: Socket, daemon: Socket): void {
    let leftBytes = this.cuts.shift() ?? Number.POSITIVE_INFINITY;
    const end = (): void => {
      client.destroy();
      daemon.destroy();
    };
    for (const socket of [client, daemon]) {
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.pipe(daemon);
    daemon.on("data", (bytes: Buffer) => {
      if (bytes.length < leftBytes) {
        leftBytes -= bytes.length;
        client.write(bytes);
        return;
      }
      this.cutCount += 1;
      // What was to come through does come through, and then nothing more.
      client.end(bytes.subarray(0, leftBytes), end);
      leftBytes = 0;
      daemon.removeAllListeners("data");
    });
  }
}
