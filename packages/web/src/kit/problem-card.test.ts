import { LatheProblem } from "@lathe/client";
import { expect, test } from "vitest";
import { failureText } from "./problem-card.tsx";

test("a failure is told without the routes of the API, unless it says nothing else", () => {
  const texts = [
    "There is no such run. List those that there are with GET /api/runs.",
    "There is nothing at this path. GET /api/openapi.json describes what there is.",
    "See GET /api/extensions.",
    "Two sentences. Both stay.",
  ];
  expect(texts.map((detail) => failureText(problem(detail)))).toEqual([
    "There is no such run.",
    "There is nothing at this path.",
    "See GET /api/extensions.",
    "Two sentences. Both stay.",
  ]);
});

test("fields that are wrong are named below what happened", () => {
  const errors = [
    { field: "model", message: "There is no such model." },
    { field: "", message: "One of two is needed." },
  ];
  expect(failureText(problem("The input is not valid.", errors))).toBe(
    "The input is not valid.\nmodel: There is no such model.\nOne of two is needed.",
  );
});

function problem(detail: string, errors: LatheProblem["errors"] = []): LatheProblem {
  return new LatheProblem({ type: "", title: "", status: 400, code: "invalid-input", detail, errors });
}
