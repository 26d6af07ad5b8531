// The frames of events, each made once for all who follow the stream.
import type { StreamEvent } from "@lathe/kernel";
import { textFrame } from "./text-frame.ts";

export class EventFrames {
  readonly #onFilled: () => void;
  // An event is told to all its followers in one go, mostly under one name.
  readonly #framesByEvent = new Map<StreamEvent, Map<string, Buffer>>();
  #lastEvent: StreamEvent | undefined;
  #lastStream = "";
  #lastFrame: Buffer = Buffer.alloc(0);

  /** @param onFilled called at the first frame after a `clear` */
  constructor(onFilled: () => void) {
    this.#onFilled = onFilled;
  }

  /** `json` is the event serialized. */
  of(stream: string, event: StreamEvent, json: () => string): Buffer {
    if (event === this.#lastEvent && stream === this.#lastStream) return this.#lastFrame;
    const frame = this.#find(stream, event, json);
    this.#lastEvent = event;
    this.#lastStream = stream;
    this.#lastFrame = frame;
    return frame;
  }

  /** Forgets them all: whoever is told of these events has been. */
  clear(): void {
    this.#framesByEvent.clear();
    this.#lastEvent = undefined;
  }

  #find(stream: string, event: StreamEvent, json: () => string): Buffer {
    if (this.#framesByEvent.size === 0) this.#onFilled();
    let frames = this.#framesByEvent.get(event);
    if (frames === undefined) {
      frames = new Map();
      this.#framesByEvent.set(event, frames);
    }
    let frame = frames.get(stream);
    if (frame === undefined) {
      frame = eventFrame(stream, json());
      frames.set(stream, frame);
    }
    return frame;
  }
}

export function eventFrame(stream: string, json: string): Buffer {
  return textFrame(`{"type":"event","stream":${JSON.stringify(stream)},"event":${json}}`);
}
