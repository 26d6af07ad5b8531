// The frames that answer one client.
import type { EndFrame, PongFrame, Problem, Welcome } from "@lathe/wire";
import { textFrame } from "./text-frame.ts";

export function welcomeFrame(welcome: Omit<Welcome, "type">): Buffer {
  return frameOf({ type: "welcome", ...welcome } satisfies Welcome);
}

/** Throws what JSON cannot say. */
export function responseFrame(id: string, output: unknown): Buffer {
  return textFrame(`{"type":"response","id":${JSON.stringify(id)},"output":${jsonOf(output)}}`);
}

/** Throws what JSON cannot say. */
export function subscribedFrame(id: string, output: unknown, stream: string | null): Buffer {
  const name = JSON.stringify(stream);
  return textFrame(
    `{"type":"subscribed","id":${JSON.stringify(id)},"output":${jsonOf(output)},"stream":${name}}`,
  );
}

export function problemFrame(id: string | null, problem: Problem): Buffer {
  return frameOf({ type: "problem", id, problem });
}

export function endFrame(stream: string, problem: Problem | undefined): Buffer {
  const end: EndFrame = { type: "end", stream, ...(problem === undefined ? {} : { problem }) };
  return frameOf(end);
}

export function pongFrame(id: string): Buffer {
  return frameOf({ type: "pong", id } satisfies PongFrame);
}

function frameOf(frame: object): Buffer {
  return textFrame(JSON.stringify(frame));
}

// An operation that answers with nothing has the output null.
function jsonOf(output: unknown): string {
  return JSON.stringify(output) ?? "null";
}
