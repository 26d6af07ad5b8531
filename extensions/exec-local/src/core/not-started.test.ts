import { FileAccessError } from "@lathe/kernel";
import { expect, test } from "vitest";
import { describeNotStarted } from "./not-started.ts";

const system = (code: string) => Object.assign(new Error(`spawn ${code}`), { code });

test.each([
  ["EAGAIN", "no-resources"],
  ["EMFILE", "no-resources"],
  ["ENFILE", "no-resources"],
  ["ENOMEM", "no-resources"],
  ["ENOENT", "no-such-program"],
  ["EACCES", "not-permitted"],
  ["E2BIG", "invalid-command"],
  ["ERR_INVALID_ARG_VALUE", "invalid-command"],
  ["EIO", "no-resources"],
])("F13: %s while starting is the reason %s", (code, reason) => {
  expect(describeNotStarted(system(code), "make")).toMatchObject({ kind: "not-started", reason });
});

test.each([
  ["outside-root", "outside-root"],
  ["not-found", "no-such-folder"],
  ["not-a-folder", "no-such-folder"],
  ["not-permitted", "not-permitted"],
] as const)("a working folder that is %s is the reason %s", (code, reason) => {
  const error = new FileAccessError(code, "sub", "because");
  expect(describeNotStarted(error, "make")).toEqual({ kind: "not-started", reason, message: "because" });
});

test("F13: too many open files at the working folder are no fault of the folder", () => {
  const error = new FileAccessError("io", "sub", "because", { cause: system("EMFILE") });
  expect(describeNotStarted(error, "make")).toMatchObject({ reason: "no-resources" });
});
