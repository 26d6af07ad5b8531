import {
  createLogger,
  StorageReadOnlyError,
  TurnRefusedError,
  UnknownConversationError,
} from "@lathe/kernel";
import { type AnyOperation, defineOperation, ProblemError } from "@lathe/wire";
import { strictObject, string, unknown } from "valibot";
import { expect, test } from "vitest";
import { recordingSink } from "../testing/recording-sink.ts";
import { checkInput } from "./check-input.ts";
import { failureOf, refusalOf } from "./problems.ts";

const operation: AnyOperation = defineOperation({
  name: "notes.write",
  summary: "Writes a note.",
  scope: "write",
  rest: { method: "POST", path: "/api/notes", status: 200 },
  input: strictObject({ text: string() }),
  output: unknown(),
  problems: [],
  run: async () => null,
});

test("errors that an operation may end with are told, and every other is logged instead", () => {
  const sink = recordingSink();
  const logger = createLogger("test", {
    nowMs: () => 0,
    monotonicMs: () => 0,
    newTraceId: () => "t",
    newSpanId: () => "s",
    sink,
  });
  const outcomes = [
    new ProblemError(418, "teapot", "It is one."),
    new UnknownConversationError("cnv_1"),
    new TurnRefusedError("unknown-model", "There is no such model."),
    new StorageReadOnlyError("no space in a secret folder"),
    new TypeError("a secret of the inside"),
    "a text",
    Object.create(null),
    undefined,
  ].map((error) => failureOf(operation, error, logger));
  expect(outcomes.map(({ status, code }) => `${status} ${code}`)).toEqual([
    "418 teapot",
    "404 unknown-conversation",
    "422 unknown-model",
    "507 storage-read-only",
    "500 internal",
    "500 internal",
    "500 internal",
    "500 internal",
  ]);
  expect(JSON.stringify(outcomes)).not.toContain("secret");
  expect(sink.records.map(({ attributes }) => attributes.error)).toEqual([
    "TypeError: a secret of the inside",
    "a text",
    "what was thrown is no Error but of the type object",
    "what was thrown is no Error but of the type undefined",
  ]);
});

test("an operation is for those who have its scope", () => {
  const may = (...scopes: ("read" | "write")[]): unknown => refusalOf({ id: "p", scopes }, operation)?.code;
  expect([may("write"), may("read"), may()]).toEqual([undefined, "forbidden", "forbidden"]);
});

test("input is named field by field, and a caller's text comes back in part only", () => {
  const long = "x".repeat(10_000);
  const outcome = checkInput(operation.input, { [long]: 1 });
  expect(outcome).toMatchObject({
    kind: "invalid",
    problem: {
      status: 400,
      code: "invalid-input",
      errors: [{ field: "text", message: "It is required." }, {}],
    },
  });
  expect(JSON.stringify(outcome).length).toBeLessThan(2_000);
});
