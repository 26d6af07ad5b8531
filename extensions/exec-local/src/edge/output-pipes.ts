// The pipes that commands write to.
//
// Node gives its children sockets, which no program can open again as /dev/stderr, and reads each chunk into new
// memory. A named pipe does better on both: standard output and standard error are the same pipe, so their order is
// kept, and one buffer serves however much is written. Its name lives in the extension's own folder (mode 0700),
// is used once and removed as soon as both ends are open.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { close, constants, open } from "node:fs";
import { mkdir, rm, unlink } from "node:fs/promises";
import { Socket } from "node:net";
import { promisify } from "node:util";
import type { TimersPower } from "@lathe/kernel";

const openDescriptor = promisify(open);
const closeDescriptor = promisify(close);
const namesAtOnce = 8;
const readBufferBytes = 65_536;

export class OutputPipes {
  readonly #folder: string;
  readonly #searchPath: string;
  #names: string[] = [];
  #making: Promise<void> | undefined;

  constructor(folder: string, searchPath: string) {
    this.#folder = folder;
    this.#searchPath = searchPath;
  }

  /** Makes the folder anew; what a daemon left there that was killed is removed. */
  async prepare(): Promise<void> {
    await this.removeAll();
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  async removeAll(): Promise<void> {
    this.#names = [];
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Opens a pipe of its own for one command. Whoever opens it closes it. Throws what the system throws. */
  async open(): Promise<OutputPipe> {
    const path = await this.#takeName();
    // This end first, and without waiting: opening the other one then finds a reader.
    const readEnd = await openDescriptor(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const writeEnd = await openDescriptor(path, constants.O_WRONLY);
      return new OutputPipe(readEnd, writeEnd);
    } catch (cause) {
      await closeDescriptor(readEnd);
      throw cause;
    } finally {
      await unlink(path);
    }
  }

  async #takeName(): Promise<string> {
    for (;;) {
      const name = this.#names.pop();
      if (name !== undefined) return name;
      this.#making ??= this.#make().finally(() => {
        this.#making = undefined;
      });
      await this.#making;
    }
  }

  async #make(): Promise<void> {
    const names = Array.from({ length: namesAtOnce }, () => `${this.#folder}/${randomUUID()}`);
    const env = { PATH: this.#searchPath };
    const maker = spawn("mkfifo", ["-m", "600", ...names], { env, stdio: "ignore" });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      maker.once("error", reject);
      maker.once("exit", resolve);
    });
    if (exitCode !== 0) throw new Error(`mkfifo could not make a named pipe in ${this.#folder}.`);
    this.#names.push(...names);
  }
}

export class OutputPipe {
  /** What the command gets as its standard output and standard error. */
  readonly writeEnd: number;
  readonly #readEnd: number;
  readonly #ended = Promise.withResolvers<void>();
  #socket: Socket | undefined;
  #writeEndOpen = true;
  #chunkCount = 0;

  constructor(readEnd: number, writeEnd: number) {
    this.#readEnd = readEnd;
    this.writeEnd = writeEnd;
  }

  /** Reads until the end. The memory of a chunk is used again for the next. */
  startReading(onChunk: (chunk: Uint8Array) => void): void {
    const buffer = Buffer.allocUnsafeSlow(readBufferBytes);
    const callback = (length: number) => {
      this.#chunkCount++;
      onChunk(buffer.subarray(0, length));
      return true;
    };
    const options = { fd: this.#readEnd, readable: true, writable: false, onread: { buffer, callback } };
    this.#socket = new Socket(options);
    this.#socket.once("close", () => this.#ended.resolve());
    // A pipe that breaks is a pipe that ended.
    this.#socket.on("error", () => {});
  }

  /** Closes the daemon's own writing end, so that the pipe ends when the last process lets go of it. */
  async closeWriteEnd(): Promise<void> {
    if (!this.#writeEndOpen) return;
    this.#writeEndOpen = false;
    await closeDescriptor(this.writeEnd);
  }

  /**
   * Settles when what was written before this call has been read: at the end of the pipe, or, where a process that
   * was left behind still holds it, when nothing came for a moment; after a second at the latest.
   */
  async whenDrained(timers: TimersPower): Promise<void> {
    const end = this.#ended.promise.then(() => true);
    for (let round = 0; round < 50; round++) {
      const before = this.#chunkCount;
      if (await Promise.race([end, this.#pauseAndPoll(timers)])) return;
      if (this.#chunkCount === before) return;
    }
  }

  async #pauseAndPoll(timers: TimersPower): Promise<false> {
    await timers.sleep(20);
    // The timer may be late and what is in the pipe unread: one more turn of the event loop reads it.
    await new Promise((resolve) => setImmediate(resolve));
    return false;
  }

  async close(): Promise<void> {
    await this.closeWriteEnd();
    if (this.#socket === undefined) await closeDescriptor(this.#readEnd);
    else if (!this.#socket.destroyed) this.#socket.destroy();
  }
}
