// Describes the operations as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1).
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { type AnyOperation, ProblemSchema, protocolVersion } from "@lathe/wire";
import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { parametersOf, planRoutes } from "./routes.ts";

export function describeOperations(operations: readonly AnyOperation[]): JsonObject {
  const paths = new Map<string, Record<string, JsonValue>>();
  for (const { operation } of planRoutes(operations).routes) {
    const path = operation.rest.path.replaceAll(/:([^/]+)/g, "{$1}");
    const methods = paths.get(path) ?? {};
    methods[operation.rest.method.toLowerCase()] = describeOperation(operation);
    paths.set(path, methods);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Lathe",
      version: protocolVersion,
      description: "Runs agent turns, and keeps them.",
    },
    paths: Object.fromEntries(paths),
    components: {
      schemas: { Problem: schemaOf(ProblemSchema, "output") },
      securitySchemes: { localToken: { type: "http", scheme: "bearer" }, pageSession },
    },
    security: [{ localToken: [] }, { pageSession: [] }],
  };
}

const pageSession: JsonObject = {
  type: "apiKey",
  in: "cookie",
  name: "lathe-session",
  description:
    "What `session.begin` gives a browser; behind its name comes the port of the address. It counts only from a page of an allowed origin.",
};

function describeOperation(operation: AnyOperation): JsonObject {
  const input = schemaOf(operation.input, "input");
  const properties = asObject(input.properties);
  const required = new Set(Array.isArray(input.required) ? input.required : []);
  const inPath = parametersOf(operation.rest.path);
  const others = Object.keys(properties).filter((name) => !inPath.includes(name));
  const takesBody = ["POST", "PUT", "PATCH"].includes(operation.rest.method);
  const parameters: JsonObject[] = [
    ...inPath.map((name) => parameter("path", name, properties[name], true)),
    ...(takesBody
      ? []
      : others.map((name) => parameter("query", name, properties[name], required.has(name)))),
    ...(operation.idempotencyKeys === true ? [idempotencyKey] : []),
    ...(operation.rest.stream === true ? [lastEventId] : []),
  ];
  return {
    operationId: operation.name,
    summary: operation.summary,
    ...(operation.scope === "public" ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(takesBody && others.length > 0 ? { requestBody: describeBody(properties, others, required) } : {}),
    responses: describeResponses(operation),
  };
}

const idempotencyKey: JsonObject = {
  in: "header",
  name: "Idempotency-Key",
  required: false,
  description:
    "The caller's own name for this request: sent again with it within a day, it is not carried out again.",
  schema: { type: "string", pattern: "^[!-~]{1,200}$" },
};

const lastEventId: JsonObject = {
  in: "header",
  name: "Last-Event-ID",
  required: false,
  description: "The last `id` that the caller has seen: only what comes after it is sent.",
  schema: { type: "string" },
};

function parameter(
  place: "path" | "query",
  name: string,
  schema: JsonValue | undefined,
  required: boolean,
): JsonObject {
  return { in: place, name, required, schema: schema ?? { type: "string" } };
}

function describeBody(
  properties: JsonObject,
  names: readonly string[],
  required: ReadonlySet<JsonValue>,
): JsonObject {
  const schema = {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, properties[name] ?? {}])),
    required: names.filter((name) => required.has(name)),
    additionalProperties: false,
  };
  return { required: names.some((name) => required.has(name)), content: { "application/json": { schema } } };
}

function describeResponses(operation: AnyOperation): JsonObject {
  const { status } = operation.rest;
  const json = status === 204 ? {} : { "application/json": { schema: schemaOf(operation.output, "output") } };
  const stream =
    operation.follow === undefined ? {} : { "text/event-stream": { schema: { type: "string" } } };
  const done = status === 200 ? { ...json, ...stream } : json;
  const responses: Record<string, JsonValue> = { [status]: answer("Done.", done) };
  if (status !== 200 && operation.follow !== undefined)
    responses["200"] = answer("The events that follow, for `Accept: text/event-stream`.", stream);
  if (operation.rest.stream === true) responses["204"] = answer("Nothing comes after this position.", {});
  const codes = [...new Set(["invalid-input", "unauthorized", "internal", ...operation.problems])];
  responses.default = answer(`A problem. Codes: ${codes.map((code) => `\`${code}\``).join(", ")}.`, {
    "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
  });
  return responses;
}

function answer(description: string, content: JsonObject): JsonObject {
  return Object.keys(content).length === 0 ? { description } : { description, content };
}

function schemaOf(schema: GenericSchema, typeMode: "input" | "output"): Record<string, JsonValue> {
  const { $schema: _dialect, ...described } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode,
    // A check that JSON Schema cannot say is left out: the description is then wider than what is accepted.
    errorMode: "ignore",
  }) as JsonSchema & Record<string, unknown>;
  return JSON.parse(JSON.stringify(described)) as Record<string, JsonValue>;
}

function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
