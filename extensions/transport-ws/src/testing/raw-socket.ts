// A connection that was upgraded, and sends and receives bytes: for clients that ws would not be.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export class RawSocket implements Disposable {
  readonly socket: Socket;
  /** Settles when the connection is gone. */
  readonly gone: Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  #onData: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#onData();
      if (this.closeCode !== undefined) this.#sayGoodbye();
    });
    this.gone = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  /** The frames that came so far, whole ones. */
  get frames(): readonly RawFrame[] {
    return parseFrames(this.#received);
  }

  /** The code of the close frame; undefined = none came. */
  get closeCode(): number | undefined {
    const closing = this.frames.find(({ opcode }) => opcode === 8);
    return closing === undefined || closing.payload.length < 2 ? undefined : closing.payload.readUInt16BE(0);
  }

  /** Settles when this holds; asked again with everything that comes. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.socket.destroyed) throw new Error("The connection is gone.");
      await new Promise<void>((resolve) => {
        this.#onData = resolve;
        this.socket.once("close", () => resolve());
      });
    }
  }

  /** The code with which the daemon closes, after the connection is gone. */
  async closing(): Promise<number | undefined> {
    await this.gone;
    return this.closeCode;
  }

  write(bytes: Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #sayGoodbye(): void {
    if (this.socket.writable) this.socket.end(frame({ opcode: 8 }));
  }
}

export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Connects, upgrades and says hello; settles when the upgrade was answered. */
export async function openRaw(
  port: number,
  token: string,
  headers: readonly string[] = [],
): Promise<RawSocket> {
  const socket = connect(port, "127.0.0.1");
  const lines = [
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  ];
  socket.write(`GET /api/socket HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (!String(answer).startsWith("HTTP/1.1 101")) throw new Error(String(answer));
  const raw = new RawSocket(socket);
  raw.write(frame({ text: '{"type":"hello","protocol":"0.1.0"}' }));
  return raw;
}

export interface FrameParts {
  readonly text?: string;
  readonly payload?: Buffer;
  readonly opcode?: number;
  readonly fin?: boolean;
  /** The three reserved bits, as a number from 0 to 7. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What the head says, whatever follows. */
  readonly announcedLength?: number;
}

/** One frame as a client sends it, or as it should not. */
export function frame(parts: FrameParts): Buffer {
  const { opcode = 1, fin = true, reserved = 0, masked = true } = parts;
  const payload = parts.payload ?? Buffer.from(parts.text ?? "");
  const length = parts.announcedLength ?? payload.length;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = masked ? 0x80 : 0;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = maskBit | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0), payload]);
}

function parseFrames(bytes: Buffer): readonly RawFrame[] {
  const frames: RawFrame[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (at + headLength > bytes.length) break;
    const length =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const end = at + headLength + length;
    if (end > bytes.length) break;
    frames.push({ opcode: (bytes[at] ?? 0) & 0x0f, payload: bytes.subarray(at + headLength, end) });
    at = end;
  }
  return frames;
}
