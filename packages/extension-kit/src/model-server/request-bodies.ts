// The bodies of a provider's requests. What was rendered of a conversation is kept, so that a request costs what is
// new in it, however long the conversation is.
//
// Invariants
//   R1  A body is the same bytes as one rendered from nothing.
//   R2  Each message is given to a writer once, in order, as long as the head stays the same.
//   R3  What is captured is, one behind the other, the text of the bytes; its items are the same array, which grows,
//       for as long as R2 holds. Before the first request that somebody captures, no text is kept.
import type { Message, ModelCallCapture, ModelSettings, ProviderRequest } from "@lathe/kernel";
import { PrefixBody } from "../prefix-body.ts";

/** How an API wants its requests. */
export interface BodyFormat {
  /** JSON text of everything before the first message, the same for requests that differ in their messages alone. */
  head(request: ProviderRequest): string;
  /** Begins a body behind its head. */
  open(request: ProviderRequest, body: PrefixBody): BodyWriter;
}

export interface BodyWriter {
  append(message: Message): void;
  /** JSON text from behind what was appended to the end of the request. */
  tail(): string;
}

export interface RequestBody {
  readonly bytes: Uint8Array;
  /** Says that the server has read the bytes, so that they may be written over. */
  giveBack(): void;
}

interface Rendered {
  readonly head: string;
  readonly body: PrefixBody;
  readonly writer: BodyWriter;
  /** What was appended to the body, where somebody has captured a request. */
  readonly pieces: readonly string[] | undefined;
  /** The request that had this head last, compared before a head is made again. */
  request: ProviderRequest;
  messageCount: number;
}

export class RequestBodies {
  readonly #format: BodyFormat;
  readonly #byMessages = new WeakMap<readonly Message[], Rendered>();

  constructor(format: BodyFormat) {
    this.#format = format;
  }

  /** The body of the request, which is handed over to `capture` as well. */
  render(request: ProviderRequest, capture?: ModelCallCapture): RequestBody {
    const { messages } = request;
    const rendered = this.#renderedOf(request, capture !== undefined);
    for (; rendered.messageCount < messages.length; rendered.messageCount++) {
      const message = messages[rendered.messageCount];
      if (message !== undefined) rendered.writer.append(message);
    }
    const tail = rendered.writer.tail();
    const { head, pieces: items = [] } = rendered;
    capture?.request({ head, items, itemCount: items.length, tail });
    const bytes = rendered.body.bytes(tail);
    return { bytes, giveBack: () => rendered.body.giveBack(bytes) };
  }

  #renderedOf(request: ProviderRequest, captured: boolean): Rendered {
    const kept = this.#byMessages.get(request.messages);
    const sufficient = kept?.pieces !== undefined || !captured;
    const grows = kept !== undefined && kept.messageCount <= request.messages.length && sufficient;
    if (grows && hasSameHead(kept.request, request)) return kept;
    const head = this.#format.head(request);
    if (grows && kept.head === head) {
      kept.request = request;
      return kept;
    }
    const pieces: string[] | undefined = captured ? [] : undefined;
    const body = new PrefixBody(head, pieces);
    const writer = this.#format.open(request, body);
    const rendered: Rendered = { head, body, writer, pieces, request, messageCount: 0 };
    this.#byMessages.set(request.messages, rendered);
    return rendered;
  }
}

/** Renders a value once for as long as it keeps its identity. */
export function renderedOnce<Value extends object>(
  render: (value: Value) => string,
): (value: Value) => string {
  const texts = new WeakMap<Value, string>();
  return (value) => {
    let text = texts.get(value);
    if (text === undefined) {
      text = render(value);
      texts.set(value, text);
    }
    return text;
  };
}

function hasSameHead(one: ProviderRequest, other: ProviderRequest): boolean {
  return (
    one.model === other.model &&
    one.system === other.system &&
    one.tools === other.tools &&
    one.conversationId === other.conversationId &&
    hasSameSettings(one.settings, other.settings)
  );
}

function hasSameSettings(one: ModelSettings, other: ModelSettings): boolean {
  return (
    one.temperature === other.temperature &&
    one.topP === other.topP &&
    one.outputTokensMax === other.outputTokensMax &&
    one.effort === other.effort
  );
}
