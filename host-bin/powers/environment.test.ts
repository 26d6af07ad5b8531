import { expect, test } from "vitest";
import { createEnvironment } from "./environment.ts";

const variables = { OPENAI_API_KEY: "a", OPENAI_BASE_URL: "b", OTHER_KEY: "c", EMPTY: undefined };

test("an extension sees the variables that it was granted, and no other", () => {
  const environment = createEnvironment(variables, ["OPENAI_*", "EMPTY"]);
  expect(environment.names()).toEqual(["OPENAI_API_KEY", "OPENAI_BASE_URL"]);
  expect(environment.get("OPENAI_API_KEY")).toBe("a");
  expect(environment.get("OTHER_KEY")).toBeUndefined();
  expect(environment.get("EMPTY")).toBeUndefined();
});

test("what every object inherits is no variable", () => {
  const environment = createEnvironment(variables, ["*"]);
  expect(environment.get("toString")).toBeUndefined();
  expect(environment.get("OTHER_KEY")).toBe("c");
});

test("without a grant there is nothing to see", () => {
  expect(createEnvironment(variables, []).names()).toEqual([]);
});

test("whoever hands out the environment is told of each value that is read, and of no other", () => {
  const read: string[] = [];
  const environment = createEnvironment(variables, ["OPENAI_*"], (name, value) =>
    read.push(`${name}=${value}`),
  );
  environment.names();
  environment.get("OTHER_KEY");
  environment.get("OPENAI_API_KEY");
  expect(read).toEqual(["OPENAI_API_KEY=a"]);
});
