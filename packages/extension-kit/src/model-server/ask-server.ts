// One attempt at a model server over HTTP, from the request to the end of the answer, with failure as data.
import type {
  ClockPower,
  HttpResponse,
  ModelCallCapture,
  NetworkPower,
  ProviderEvent,
  ProviderFailure,
  TimersPower,
} from "@lathe/kernel";
import { AnswerDecoder, type AnswerLimits, type AnswerReader } from "./answer-decoder.ts";
import { failureOfNetwork, failureOfRefusal, malformed, type ServerName } from "./failure.ts";

export interface ServerDesk {
  readonly network: NetworkPower;
  readonly clock: ClockPower;
  readonly timers: TimersPower;
}

export interface Question {
  readonly server: ServerName;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly reader: AnswerReader;
  readonly limits: AnswerLimits;
  /** The whole answer came, so the server has read the body: its bytes may be written over. */
  readonly onBodyRead?: () => void;
  /** Is handed the bytes of the answer, also of a refusal, up to where the answer has ended. */
  readonly capture?: ModelCallCapture | undefined;
}

/** As `Provider.stream`: never throws, ends with one `finish` or `error`, or with neither after an abort. */
export async function* askServer(
  question: Question,
  desk: ServerDesk,
  signal: AbortSignal,
): AsyncGenerator<readonly ProviderEvent[], void, undefined> {
  const { server, url, headers, body, capture } = question;
  let response: HttpResponse;
  try {
    response = await desk.network.request({ method: "POST", url, headers, body, signal });
  } catch (cause) {
    if (!signal.aborted) yield [errorEvent(failureOfNetwork(server, cause, "head"))];
    return;
  }
  const pieces = response.body[Symbol.asyncIterator]();
  let whole = false;
  try {
    const refused = await refusalOf(question, response, pieces, desk);
    if (refused !== undefined) {
      if (!signal.aborted) yield [errorEvent(refused)];
      return;
    }
    const decoder = new AnswerDecoder(server, question.reader, question.limits);
    while (!decoder.ended) {
      const piece = await nextOf(pieces, capture);
      if (signal.aborted) return;
      if (piece.kind === "lost") {
        yield breakOff(decoder, server, piece.cause);
        return;
      }
      whole = piece.kind === "end";
      const events = piece.kind === "end" ? decoder.end() : decoder.push(piece.bytes);
      yield events;
      if (events.at(-1)?.type === "error") return;
    }
    whole ||= await readsToEnd(pieces, desk.timers);
    if (whole) question.onBodyRead?.();
  } finally {
    if (!whole) leave(pieces);
  }
}

type Piece =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "lost"; readonly cause: unknown };

async function nextOf(pieces: AsyncIterator<Uint8Array>, capture?: ModelCallCapture): Promise<Piece> {
  try {
    const next = await pieces.next();
    if (next.done === true) return { kind: "end" };
    capture?.response(next.value);
    return { kind: "bytes", bytes: next.value };
  } catch (cause) {
    return { kind: "lost", cause };
  }
}

async function refusalOf(
  { server, capture }: Question,
  { status, headers }: HttpResponse,
  pieces: AsyncIterator<Uint8Array>,
  desk: ServerDesk,
): Promise<ProviderFailure | undefined> {
  if (status < 200 || status > 299) {
    const text = await readText(pieces, refusalBytesMax, capture);
    return failureOfRefusal(server, { status, headers, text }, desk.clock.nowMs());
  }
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return undefined;
  return malformed(
    server,
    `answered with a compressed body (${encoding.slice(0, 40)}), which was not asked for.`,
  );
}

const refusalBytesMax = 65_536;

/** The beginning of a body as text, also where it breaks off: half a reason is better than none. */
export async function readText(
  pieces: AsyncIterator<Uint8Array>,
  bytesMax: number,
  capture?: ModelCallCapture,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let leftBytes = bytesMax;
  while (leftBytes > 0) {
    const piece = await nextOf(pieces, capture);
    if (piece.kind !== "bytes") break;
    text += decoder.decode(piece.bytes.subarray(0, leftBytes), { stream: true });
    leftBytes -= piece.bytes.length;
  }
  return text + decoder.decode();
}

/** A lost connection takes nothing away from an answer that is known to be whole. */
function breakOff(decoder: AnswerDecoder, server: ServerName, cause: unknown): readonly ProviderEvent[] {
  const events = decoder.end();
  const last = events.at(-1);
  if (last?.type !== "error" || last.failure.kind !== "truncated") return events;
  return [...events.slice(0, -1), errorEvent(failureOfNetwork(server, cause, "body"))];
}

const restWaitMs = 1_000;

/** An answer that says its own end is followed by the end of the body: read to there, its connection can be kept. */
async function readsToEnd(pieces: AsyncIterator<Uint8Array>, timers: TimersPower): Promise<boolean> {
  const late = Promise.withResolvers<Piece>();
  const release = timers.after(restWaitMs, () => late.resolve({ kind: "lost", cause: undefined }));
  let kind: Piece["kind"] = "bytes";
  while (kind === "bytes") kind = (await Promise.race([nextOf(pieces), late.promise])).kind;
  release();
  return kind === "end";
}

/** Closes the connection. Nobody waits for it. */
function leave(pieces: AsyncIterator<Uint8Array>): void {
  pieces.return?.().catch(() => undefined);
}

function errorEvent(failure: ProviderFailure): ProviderEvent {
  return { type: "error", failure };
}
