// Server-sent events out of the body of an answer (WHATWG HTML, section 9.2). It is read when the consumer asks for
// more, and not before: the network keeps the rest waiting.
import { createParser, type EventSourceMessage } from "eventsource-parser";

/** One event may have so many characters. More is kept from filling the memory. */
const eventLengthMax = 67_108_864;

/**
 * The events of the body. What stands behind the last blank line may be half an event, and is left out. Throws what the
 * body throws, and RangeError where an event is too large. `read` is called for each piece.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  read: <Piece>(next: () => Promise<Piece>) => Promise<Piece>,
): AsyncGenerator<EventSourceMessage, void> {
  let events: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded")
        throw new RangeError("An event of the stream is too large.");
    },
    maxBufferSize: eventLengthMax,
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await read(() => reader.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      const whole = events;
      events = [];
      for (const event of whole) yield event;
    }
  } finally {
    // Closes the connection, where it still is one.
    reader.cancel().catch(() => undefined);
  }
}
