// Stands for the rest of the daemon while scripts run: a timer, and a server that answers one request after another.
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";

const beatMs = 10;

export interface HeartbeatFigures {
  /** The longest that a timer came after its time. */
  readonly timerLateMs: number;
  /** When that was, by performance.now(). */
  readonly latestAtMs: number;
  /** The most processor time that this process took between two beats: what it was late by itself. */
  readonly busyMsMax: number;
  readonly requestMsMax: number;
  readonly requestMsMedian: number;
  readonly requestCount: number;
  /** Requests that nobody here has made: somebody else reached the server. */
  readonly strangerCount: number;
}

export interface Heartbeat {
  stop(): Promise<HeartbeatFigures>;
}

export async function startHeartbeat(): Promise<Heartbeat> {
  const word = crypto.randomUUID();
  const requestMs: number[] = [];
  let strangerCount = 0;
  let timerLateMs = 0;
  let latestAtMs = 0;
  let busyMsMax = 0;
  let usage = process.cpuUsage();
  let isStopped = false;
  const server = createServer((request, response) => {
    if (request.headers["x-word"] !== word) strangerCount += 1;
    response.end("alive");
  });
  const port = await listen(server);
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last - beatMs > timerLateMs) {
      timerLateMs = now - last - beatMs;
      latestAtMs = now;
    }
    last = now;
    const { user, system } = process.cpuUsage(usage);
    usage = process.cpuUsage();
    busyMsMax = Math.max(busyMsMax, (user + system) / 1_000);
  }, beatMs);

  async function askOnAndOn(): Promise<void> {
    while (!isStopped) {
      const before = performance.now();
      await ask(port, word);
      requestMs.push(performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, beatMs));
    }
  }
  const asking = askOnAndOn();

  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await asking;
      server.close();
      const sorted = requestMs.toSorted((a, b) => a - b);
      const requestMsMedian = sorted[sorted.length >> 1] ?? 0;
      const requestMsMax = sorted.at(-1) ?? 0;
      return {
        timerLateMs,
        latestAtMs,
        busyMsMax,
        requestMsMax,
        requestMsMedian,
        requestCount: sorted.length,
        strangerCount,
      };
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function ask(port: number, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, headers: { "x-word": word, connection: "close" } };
    get(options, (response) => {
      response.resume();
      response.on("end", () => resolve());
    }).on("error", reject);
  });
}
