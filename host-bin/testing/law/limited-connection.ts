// A connection to the daemon that breaks after as many bytes of its answers as a test says: in the middle of a frame, of
// a character, of the head.
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";

export class LimitedConnection extends Duplex {
  readonly #socket: Socket;
  #leftBytes: number;
  #isCut = false;

  /** @param bytesMax of what the daemon sends; those that come after it never arrive */
  constructor(port: number, bytesMax: number = Number.POSITIVE_INFINITY) {
    super();
    this.#leftBytes = bytesMax;
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (bytes: Buffer) => this.#take(bytes));
    this.#socket.on("end", () => this.push(null));
    this.#socket.on("error", (failure) => this.destroy(failure));
    this.#socket.on("close", () => this.destroy());
    // Whoever reads it is told by the stream's end, which follows.
    this.on("error", () => undefined);
  }

  /** True when this side broke it. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The daemon sees a broken connection at once; what has arrived can still be read. */
  cut(): void {
    if (this.#isCut || this.destroyed) return;
    this.#isCut = true;
    this.#socket.removeAllListeners();
    this.#socket.on("error", () => undefined);
    this.#socket.resetAndDestroy();
    this.push(null);
  }

  #take(bytes: Buffer): void {
    const arrived = bytes.subarray(0, this.#leftBytes);
    this.#leftBytes -= arrived.length;
    if (!this.push(arrived)) this.#socket.pause();
    if (this.#leftBytes <= 0) this.cut();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (failure?: Error | null) => void): void {
    if (this.#isCut) done();
    else this.#socket.write(bytes, done);
  }

  override _final(done: () => void): void {
    if (this.#isCut) done();
    else this.#socket.end(done);
  }

  override _destroy(failure: Error | null, done: (failure: Error | null) => void): void {
    this.#socket.destroy();
    done(failure);
  }
}
