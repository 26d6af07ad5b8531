// The routes of the fake model server: chat completions, the list of models, readiness.

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type AnswerPlan, parseModelName } from "./answer-plan.ts";
import { writeAnswer } from "./answer-writer.ts";
import { type RenderedAnswer, renderAnswer } from "./rendered-answer.ts";
import { type ScannedRequest, scanRequest } from "./request-scan.ts";

export interface FakeModelSettings {
  /** What a model name leaves open. */
  readonly defaults: AnswerPlan;
  /** The tool that the model calls; the agent must offer it. */
  readonly toolName: string;
}

/** Answers by this model instead of the one in the body: for agents whose model name is fixed. */
export const modelHeader = "x-fake-model";

const listedModels = ["fake", "fake-steps1", "fake-steps10", "fake-steps50"];

export function createFakeModelListener(settings: FakeModelSettings): RequestListener {
  const answers = createAnswerCache(settings);
  let requestCount = 0;
  return (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    if (request.method === "POST" && path.endsWith("/chat/completions")) {
      requestCount += 1;
      const requestNumber = requestCount;
      collectBody(request, (body) => answerChat(request, response, body, answers, requestNumber));
    } else if (request.method === "GET" && path.endsWith("/models")) {
      const models = listedModels.map((id) => ({ id, object: "model", created: 0, owned_by: "bench" }));
      sendJson(response, 200, { object: "list", data: models });
    } else if (path === "/readyz") {
      sendJson(response, 200, { status: "ready" });
    } else {
      sendError(response, 404, "not_found", `There is nothing at ${request.method} ${path}.`);
    }
  };
}

function answerChat(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  answers: AnswerCache,
  requestNumber: number,
): void {
  const scanned = scanOrRefuse(body, response);
  if (scanned === undefined) return;
  const model = request.headers[modelHeader]?.toString() ?? scanned.model;
  const found = answers(model, scanned);
  if (found === undefined) {
    sendError(
      response,
      404,
      "model_not_found",
      `The model \`${model}\` is not of the form fake-steps1-chunks20.`,
    );
    return;
  }
  writeAnswer(response, found.answer, found.plan, requestNumber);
}

function scanOrRefuse(body: Buffer, response: ServerResponse): ScannedRequest | undefined {
  try {
    return scanRequest(body);
  } catch (cause) {
    sendError(response, 400, "invalid_request", `The body is not a chat completion request: ${cause}`);
    return undefined;
  }
}

type AnswerCache = (
  model: string,
  request: ScannedRequest,
) => { readonly plan: AnswerPlan; readonly answer: RenderedAnswer } | undefined;

function createAnswerCache({ defaults, toolName }: FakeModelSettings): AnswerCache {
  const plans = new Map<string, { plan: AnswerPlan; answers: Map<string, RenderedAnswer> }>();
  return (model, { toolResultCount, includeUsage }) => {
    let known = plans.get(model);
    if (known === undefined) {
      const plan = parseModelName(model, defaults);
      if (plan === undefined) return undefined;
      known = { plan, answers: new Map() };
      plans.set(model, known);
    }
    const { plan, answers } = known;
    const stepIndex = Math.min(plan.steps, Math.floor(toolResultCount / plan.calls));
    const key = `${stepIndex} ${includeUsage}`;
    const answer = answers.get(key) ?? renderAnswer({ plan, toolName, includeUsage }, stepIndex);
    answers.set(key, answer);
    return { plan, answer };
  };
}

function collectBody(request: IncomingMessage, onBody: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => onBody(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error: { message, type: "invalid_request_error", code } });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
