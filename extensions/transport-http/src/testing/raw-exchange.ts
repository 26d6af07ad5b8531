// Bytes to the server and back, for requests that no decent client would send.
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  /** Lines as they are sent, without their line ends. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** Sends one request made of these parts and reads the answer. */
export function exchange(port: number, request: RawRequest): Promise<RawAnswer> {
  const { method = "GET", target = "/api/things", headers = [], body = "" } = request;
  return exchangeBytes(
    port,
    `${method} ${target} HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n${body}`,
  );
}

/** Sends the bytes, reads until the answer is whole or the server closes, and closes. */
export async function exchangeBytes(port: number, bytes: string): Promise<RawAnswer> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  try {
    return await readAnswer(socket);
  } finally {
    socket.destroy();
  }
}

/** Reads one whole answer. Rejects where the connection ends before its head is there. */
export function readAnswer(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      const answer = parseAnswer(text);
      const length = Number(answer?.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
      if (answer !== undefined && Buffer.byteLength(answer.body) >= length) resolve(answer);
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const answer = parseAnswer(text);
      if (answer === undefined) reject(new Error(`The connection was closed after: ${JSON.stringify(text)}`));
      else resolve(answer);
    });
  });
}

function parseAnswer(text: string): RawAnswer | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  return { status: Number(statusLine.split(" ")[1]), headers, body: text.slice(end + 4) };
}
