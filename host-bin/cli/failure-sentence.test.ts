import { LatheProblem } from "@lathe/client";
import { expect, test } from "vitest";
import { failureSentence } from "./failure-sentence.ts";

const problem = {
  type: "",
  title: "",
  status: 422,
  code: "invalid-input",
  detail: "The input is not valid.",
};

test("a problem is told with the fields that are wrong, but for what it has said already", () => {
  const errors = [
    { field: "status", message: "There is none." },
    { field: "", message: problem.detail },
  ];
  expect(failureSentence(new LatheProblem({ ...problem, errors }))).toBe(
    "The input is not valid. status: There is none.",
  );
  expect(failureSentence(new LatheProblem(problem))).toBe("The input is not valid.");
});

test("an operation that is not there is told as what it is here: an extension that is not active", () => {
  const failure = new LatheProblem({ ...problem, status: 404, code: "not-found" });
  expect(failureSentence(failure)).toMatch(/an extension is not active.*lathe extensions/);
});

test("a route is told as the command that asks for the same; one that no command asks for stays", () => {
  const said = (detail: string) => failureSentence(new LatheProblem({ ...problem, status: 404, detail }));
  expect(said("There is no such run. List those that there are with GET /api/runs.")).toMatch(
    /^There is no such run\. List those that there are with: (npx )?lathe runs$/,
  );
  expect(said("Look at it with GET /api/runs/ID.")).toMatch(/with: (npx )?lathe runs show ID$/);
  expect(said("Look at it with GET /api/toString.")).toBe("Look at it with GET /api/toString.");
});

test("whatever else was thrown has its own words", () => {
  expect([failureSentence(new Error("Lost.")), failureSentence("lost")]).toEqual(["Lost.", "lost"]);
});
