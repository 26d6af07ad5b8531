// One request to one operation, from its body to its answer.
import type { IncomingMessage, ServerResponse } from "node:http";
import { failureOf, problem, refusalOf } from "@lathe/extension-kit";
import type { Logger, TimersPower } from "@lathe/kernel";
import type { AnyOperation, CallCookie, Principal, Problem } from "@lathe/wire";
import { bodyTooLarge } from "../core/body-check.ts";
import { callHeaders } from "../core/call-headers.ts";
import { problemAnswer, retryHeaders } from "../core/problems.ts";
import { readInput } from "../core/request-input.ts";
import type { EventStreams } from "./event-streams.ts";
import { readBody } from "./read-body.ts";
import { send, sendAndClose } from "./send.ts";

/** What the front door let in. */
export interface Admitted {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly principal: Principal;
  /** Aborts when the caller is no longer welcome. */
  readonly ended: AbortSignal;
  readonly cookie: CallCookie;
  readonly hasBody: boolean;
}

export interface Desk {
  readonly streams: EventStreams;
  readonly logger: Logger;
  readonly timers: TimersPower;
  readonly bodyBytesMax: number;
}

/** Settles when the answer was handed to the connection, or a stream began. Never throws. */
export async function answerOperation(
  operation: AnyOperation,
  admitted: Admitted,
  place: { readonly path: Readonly<Record<string, string>>; readonly query: URLSearchParams },
  desk: Desk,
): Promise<void> {
  try {
    const refused = refusalOf(admitted.principal, operation);
    if (refused !== undefined) return sendProblem(admitted.outgoing, refused);
    const bodyText = admitted.hasBody ? await takeBody(admitted, desk) : null;
    if (bodyText === undefined) return;
    const outcome = readInput(operation.input, { ...place, bodyText });
    if (outcome.kind === "invalid") return sendProblem(admitted.outgoing, outcome.problem);
    await run(operation, outcome.input, admitted, desk);
  } catch (error) {
    sendProblem(admitted.outgoing, failureOf(operation, error, desk.logger));
  }
}

async function run(
  operation: AnyOperation,
  input: unknown,
  { incoming, outgoing, principal, ended, cookie }: Admitted,
  { streams }: Desk,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const call = { principal, signal: gone.signal, cookie, ...callHeaders(incoming.headers) };
  const output = await operation.run(input, call);
  if (operation.follow !== undefined && wantsEvents(incoming, operation)) {
    // The work goes on without the one who asked for it; only the telling is spared.
    if (outgoing.destroyed) return;
    const stream = operation.follow(input, output, call);
    // 204 is how an EventSource learns that it need not come again.
    if (stream === undefined) send(outgoing, { status: 204, headers: {}, body: "" });
    else streams.start(outgoing, stream, ended);
    return;
  }
  const { status } = operation.rest;
  const body = status === 204 ? "" : JSON.stringify(output);
  send(outgoing, {
    status,
    headers: status === 204 ? {} : { "content-type": "application/json" },
    body,
  });
}

/** Undefined = it was answered already, or nobody is there to answer. */
async function takeBody({ incoming, outgoing }: Admitted, desk: Desk): Promise<string | undefined> {
  // Only now is one who asked whether to send the body told to do so.
  if (incoming.headers.expect !== undefined) outgoing.writeContinue();
  const body = await readBody(incoming, desk.bodyBytesMax);
  switch (body.kind) {
    case "text":
      return body.text;
    case "too-large": {
      const lingering = { bytesMax: desk.bodyBytesMax, timers: desk.timers };
      sendAndClose(incoming, outgoing, problemAnswer(bodyTooLarge(desk.bodyBytesMax)), lingering);
      return undefined;
    }
    case "not-utf8":
      sendProblem(outgoing, problem(400, "invalid-json", "The body is not valid UTF-8."));
      return undefined;
    case "gone":
      return undefined;
  }
}

function wantsEvents(incoming: IncomingMessage, { rest }: AnyOperation): boolean {
  if (incoming.method === "HEAD") return false;
  const types = (incoming.headers.accept ?? "")
    .split(",")
    .map((type) => type.split(";")[0]?.trim().toLowerCase());
  return types.includes("text/event-stream") || (rest.stream === true && !types.includes("application/json"));
}

function sendProblem(outgoing: ServerResponse, document: Problem): void {
  send(outgoing, problemAnswer(document, retryHeaders(document)));
}
