// The daemon's side of one WebSocket, as the frames say.
import type { JsonObject } from "@lathe/kernel";
import {
  type ClientFrame,
  ClientFrameSchema,
  type Problem,
  type ServerFrame,
  ServerFrameSchema,
  socketCloseCodes,
} from "@lathe/wire";
import { parse, safeParse } from "valibot";
import type { WebSocket } from "ws";
import type { LiveLog } from "./live-log.ts";

/** What opens the daemon of the tests. */
export const token = "test-token";
/** What a browser sends for a page that is signed in. */
export const sessionCookie = "session=signed-in";

export interface SocketRules {
  /** What clients sent, in order. */
  readonly frames: ClientFrame[];
  /** What clients sent that is no frame, or came too early. */
  readonly broken: string[];
  acceptedCount: number;
  heartbeatMs: number;
  /** Takes everything and answers nothing. */
  isMute: boolean;
  /** So many sockets are closed right behind their welcome. */
  hastyCount?: number;
  /** Sends what the protocol does not know. */
  isUnchecked?: boolean;
  subscriptionCountMax?: number;
  frameBytesMax?: number;
  framesPerSecondMax?: number;
  /** Asked to stop for each frame that would be sent; true = it is not. */
  withhold?: (frame: ServerFrame) => boolean;
}

export function serveSocket(
  socket: WebSocket,
  log: LiveLog,
  rules: SocketRules,
  run: (operation: string, input: JsonObject) => JsonObject,
  isSignedIn: () => boolean,
): void {
  const streams = new Map<string, () => void>();
  let isWelcome = false;
  rules.acceptedCount += 1;
  const send = (frame: ServerFrame): void => {
    if (rules.isMute || rules.withhold?.(frame) === true) return;
    socket.send(JSON.stringify(rules.isUnchecked ? frame : parse(ServerFrameSchema, frame)));
  };
  const subscribe = (frame: Extract<ClientFrame, { type: "subscribe" }>): void => {
    const output = run(frame.operation, frame.input ?? {});
    // Whatever operation asks: two that ask for the same have the same stream.
    const stream = `stream:${String(frame.input?.id)}`;
    streams.get(stream)?.();
    send({ type: "subscribed", id: frame.id, output, stream });
    const since = frame.lastEventId === undefined ? 0 : Number(frame.lastEventId);
    streams.set(
      stream,
      log.subscribe(since, (event) => send({ type: "event", stream, event })),
    );
  };
  const take = (frame: ClientFrame): void => {
    if (frame.type === "hello") {
      isWelcome = frame.token === undefined ? isSignedIn() : frame.token === token;
      if (isWelcome) send(welcomeOf(rules));
      if (isWelcome && (rules.hastyCount ?? 0) > 0) {
        rules.hastyCount = (rules.hastyCount ?? 0) - 1;
        socket.close(socketCloseCodes.goingAway);
      } else if (!isWelcome) socket.close(socketCloseCodes.unauthorized, "Say who you are.");
    } else if (!isWelcome) rules.broken.push(`${frame.type} before the hello`);
    else if (frame.type === "request") {
      send({ type: "response", id: frame.id, output: run(frame.operation, frame.input ?? {}) });
    } else if (frame.type === "subscribe") subscribe(frame);
    else if (frame.type === "ping") send({ type: "pong", id: frame.id });
    else {
      streams.get(frame.stream)?.();
      streams.delete(frame.stream);
    }
  };
  socket.on("error", () => undefined);
  socket.on("close", () => {
    for (const stop of streams.values()) stop();
  });
  socket.on("message", (bytes) => {
    const text = String(bytes);
    const parsed = safeParse(ClientFrameSchema, JSON.parse(text));
    if (!parsed.success) {
      rules.broken.push(text);
      return;
    }
    rules.frames.push(parsed.output);
    try {
      take(parsed.output);
    } catch (problem) {
      const id = "id" in parsed.output ? parsed.output.id : null;
      send({ type: "problem", id, problem: problem as Problem });
    }
  });
}

function welcomeOf({
  heartbeatMs,
  subscriptionCountMax,
  frameBytesMax,
  framesPerSecondMax,
}: SocketRules): ServerFrame {
  return {
    type: "welcome",
    protocol: "0.1.0",
    principal: { id: "local", scopes: ["read", "write"] },
    limits: {
      subscriptionCountMax: subscriptionCountMax ?? 100,
      frameBytesMax: frameBytesMax ?? 1_048_576,
      framesPerSecondMax: framesPerSecondMax ?? 100,
    },
    heartbeatMs,
  };
}
